use arsenal_core::prelude::*;

/// Reads.
#[operation(get, "/items/{host}", target = node(node))]
async fn read(host: NodeName) -> Result<NodeName, OperationError> {
    Ok(host)
}

fn main() {}
