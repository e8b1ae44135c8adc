use arsenal_core::prelude::*;

/// Reads.
#[operation(get, "/items", since = "2.0", until = "1.2")]
async fn read() -> Result<u32, OperationError> {
    Ok(1)
}

fn main() {}
