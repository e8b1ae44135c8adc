use arsenal_core::prelude::*;

/// Lists.
#[operation(get, "/items")]
async fn list(limit: u32, #[param(name = "limit")] most: u32) -> Result<u32, OperationError> {
    Ok(limit + most)
}

fn main() {}
