use arsenal_core::prelude::*;

/// Lists.
#[operation(get, "/items")]
async fn list(#[param(items(range(min = 1)))] tags: Vec<String>) -> Result<usize, OperationError> {
    Ok(tags.len())
}

fn main() {}
