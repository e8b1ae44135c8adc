use arsenal_core::prelude::*;

/// Counts.
#[operation(get, "/items/{node}", target = node(node), rehearse = place)]
async fn count(node: NodeName) -> Result<u32, OperationError> {
    Ok(node.as_str().len() as u32)
}

async fn place(node: NodeName) -> Result<Vec<NodeName>, OperationError> {
    Ok(vec![node])
}

fn main() {
    drop(place);
}
