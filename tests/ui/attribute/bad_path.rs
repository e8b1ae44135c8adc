use arsenal_core::prelude::*;

/// Reads.
#[operation(get, "items")]
async fn read() -> Result<u32, OperationError> {
    Ok(1)
}

fn main() {}
