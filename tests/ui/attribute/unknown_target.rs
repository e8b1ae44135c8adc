use arsenal_core::prelude::*;

/// Lists.
#[operation(get, "/items", target = all)]
async fn list() -> Result<u32, OperationError> {
    Ok(1)
}

fn main() {}
