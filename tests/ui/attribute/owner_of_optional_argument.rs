use arsenal_core::prelude::*;

/// Stops.
#[operation(post, "/items/stop", target = owner(item))]
async fn stop(#[param(query)] item: Option<String>) -> Result<Option<String>, OperationError> {
    Ok(item)
}

/// Starts.
#[operation(post, "/items/start", target = owner)]
async fn start(#[param(query)] item: String) -> Result<String, OperationError> {
    Ok(item)
}

fn main() {}
