use arsenal_core::prelude::*;

/// Lists.
#[operation(get, "/items", timeout = "2")]
async fn list() -> Result<u32, OperationError> {
    Ok(1)
}

fn main() {}
