use arsenal_core::prelude::*;

struct Bytes;

/// Adds.
#[operation(post, "/items")]
async fn add(#[param(body)] image: Bytes) -> Result<(), OperationError> {
    drop(image);
    Ok(())
}

fn main() {}
