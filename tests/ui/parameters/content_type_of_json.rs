use arsenal_core::prelude::*;

/// Adds.
#[operation(post, "/items")]
async fn add(
    #[param(body, content_type = "image/png")] image: Vec<u8>,
) -> Result<usize, OperationError> {
    Ok(image.len())
}

fn main() {}
