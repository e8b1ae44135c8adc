use arsenal_core::prelude::*;

/// Lists.
#[operation(get, "/items")]
async fn list(
    #[param(items())] tags: Vec<String>,
    #[param(items(default = 1))] counts: Vec<u8>,
    #[param(items(range(min = 2, max = 1)))] sizes: Vec<u8>,
) -> Result<usize, OperationError> {
    Ok(tags.len() + counts.len() + sizes.len())
}

fn main() {}
