use arsenal_core::prelude::*;

/// Lists.
#[operation(get, "/items/{limit}")]
async fn list(#[param(query)] limit: u32) -> Result<u32, OperationError> {
    Ok(limit)
}

fn main() {}
