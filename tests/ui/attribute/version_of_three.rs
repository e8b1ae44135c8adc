use arsenal_core::prelude::*;

/// Reads.
#[operation(get, "/items", since = "2.0.1")]
async fn read() -> Result<u32, OperationError> {
    Ok(1)
}

fn main() {}
