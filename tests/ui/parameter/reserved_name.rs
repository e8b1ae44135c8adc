use arsenal_core::prelude::*;

/// Lists.
#[operation(get, "/items")]
async fn list(arsenal_mode: String) -> Result<String, OperationError> {
    Ok(arsenal_mode)
}

fn main() {}
