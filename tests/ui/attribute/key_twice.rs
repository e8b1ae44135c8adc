use arsenal_core::prelude::*;

/// Lists.
#[operation(get, "/items", status = 200, status = 201)]
async fn list() -> Result<u32, OperationError> {
    Ok(1)
}

fn main() {}
