use arsenal_core::prelude::*;

/// Lists.
#[operation(post, "/items")]
async fn list((a, b): (u32, u32)) -> Result<u32, OperationError> {
    Ok(a + b)
}

fn main() {}
