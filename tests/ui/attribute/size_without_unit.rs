use arsenal_core::prelude::*;

/// Lists.
#[operation(post, "/items", body_limit = "64")]
async fn list() -> Result<u32, OperationError> {
    Ok(1)
}

fn main() {}
