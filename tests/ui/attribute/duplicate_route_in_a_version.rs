use arsenal_core::prelude::*;

/// Reads.
#[operation(get, "/api/v1/items", until = "2.0")]
async fn read() -> Result<u32, OperationError> {
    Ok(1)
}

/// Reads otherwise.
#[operation(get, "/api/v1/items", since = "2.0")]
async fn read_otherwise() -> Result<u32, OperationError> {
    Ok(1)
}

/// Reads once more.
#[operation(get, "/api/v1/items", since = "2.0")]
async fn read_again() -> Result<u32, OperationError> {
    Ok(1)
}

fn main() {}
