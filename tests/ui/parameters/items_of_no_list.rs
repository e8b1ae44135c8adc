use arsenal_core::prelude::*;

/// Lists.
#[operation(get, "/items")]
async fn list(#[param(items(range(min = 1)))] limit: u32) -> Result<u32, OperationError> {
    Ok(limit)
}

fn main() {}
