use arsenal_core::prelude::*;

struct Bytes;

/// Adds.
#[operation(post, "/items")]
async fn add(
    #[param(body, range(min = 1), default = Bytes, pattern = "x")] image: Bytes,
    #[param(body)] other: Option<Bytes>,
) -> Result<(), OperationError> {
    drop((image, other));
    Ok(())
}

fn main() {}
