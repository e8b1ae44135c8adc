use arsenal_core::prelude::*;

/// Reads.
#[operation(get, "/api/v1/items/{id}")]
async fn read(id: u32) -> Result<u32, OperationError> {
    Ok(id)
}

/// Reads once more.
#[operation(get, "/api/v1/items/{item}")]
async fn read_again(item: u32) -> Result<u32, OperationError> {
    Ok(item)
}

fn main() {}
