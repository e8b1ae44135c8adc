use arsenal_core::prelude::*;

/// Lists.
#[operation(post, "/items")]
async fn list(#[param(body)] a: u32, #[param(body)] b: u32) -> Result<u32, OperationError> {
    Ok(a + b)
}

fn main() {}
