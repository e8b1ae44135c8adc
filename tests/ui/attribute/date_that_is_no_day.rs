use arsenal_core::prelude::*;

/// Counts.
#[operation(get, "/items", deprecated = "2027-02-30", sunset = "soon")]
async fn count() -> Result<u32, OperationError> {
    Ok(1)
}

fn main() {}
