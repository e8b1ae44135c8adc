use arsenal_core::prelude::*;

/// Reads.
#[operation(get, "/items", target = all_nodes(node))]
async fn read(node: NodeName) -> Result<NodeName, OperationError> {
    Ok(node)
}

fn main() {}
