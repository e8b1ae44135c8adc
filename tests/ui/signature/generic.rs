use arsenal_core::prelude::*;

/// Adds.
#[operation(post, "/items")]
async fn add<T: Send>(item: u32) -> Result<u32, OperationError> {
    Ok(item)
}

fn main() {}
