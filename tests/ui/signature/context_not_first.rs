use arsenal_core::prelude::*;

/// Lists.
#[operation(get, "/items")]
async fn list(limit: u32, _node: NodeContext) -> Result<u32, OperationError> {
    Ok(limit)
}

fn main() {}
