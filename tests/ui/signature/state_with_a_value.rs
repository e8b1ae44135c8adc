use arsenal_core::prelude::*;

/// Lists.
#[operation(get, "/items")]
async fn list(#[state(limit)] limit: u32) -> Result<u32, OperationError> {
    Ok(limit)
}

fn main() {}
