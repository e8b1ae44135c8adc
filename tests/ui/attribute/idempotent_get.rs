use arsenal_core::prelude::*;

/// Counts.
#[operation(get, "/items", idempotent)]
async fn count() -> Result<u32, OperationError> {
    Ok(1)
}

fn main() {}
