use arsenal_core::prelude::*;

/// Lists.
#[operation(post, "/items")]
async fn list(text: impl Into<String>) -> Result<String, OperationError> {
    Ok(text.into())
}

fn main() {}
