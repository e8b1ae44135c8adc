use arsenal_core::prelude::*;

/// Stops.
#[operation(post, "/items/stop", target = node(node))]
async fn stop(node: NodeName) -> Result<NodeName, OperationError> {
    Ok(node)
}

/// Stops on one or all.
#[operation(post, "/items/halt", target = all_nodes(node))]
async fn halt(node: Option<NodeName>) -> Result<Option<NodeName>, OperationError> {
    Ok(node)
}

/// Searches.
#[operation(post, "/items/search", target = all_nodes)]
async fn search(limit: u32, cursor: Option<Cursor>) -> Result<Page<u32>, OperationError> {
    drop((limit, cursor));
    Ok(Page::last(Vec::new()))
}

fn main() {}
