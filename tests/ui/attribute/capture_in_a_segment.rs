use arsenal_core::prelude::*;

/// Lists.
#[operation(get, "/items/v{id}")]
async fn list(id: u32) -> Result<u32, OperationError> {
    Ok(id)
}

fn main() {}
