use arsenal_core::prelude::*;

/// Reads.
#[operation(get, "/items/{id}")]
async fn read(item: u32) -> Result<u32, OperationError> {
    Ok(item)
}

fn main() {}
