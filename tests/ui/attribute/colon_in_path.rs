use arsenal_core::prelude::*;

/// Shows.
#[operation(get, "/items/:id")]
async fn show(id: u32) -> Result<u32, OperationError> {
    Ok(id)
}

fn main() {}
