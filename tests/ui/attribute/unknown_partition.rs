use arsenal_core::prelude::*;

/// Lists.
#[operation(post, "/items", partition = minority)]
async fn list() -> Result<u32, OperationError> {
    Ok(1)
}

fn main() {}
