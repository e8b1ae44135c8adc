use arsenal_core::prelude::*;

/// Lists.
#[operation(get, "/items/{limit}")]
async fn list(limit: Option<u32>) -> Result<u32, OperationError> {
    Ok(limit.unwrap_or_default())
}

fn main() {}
