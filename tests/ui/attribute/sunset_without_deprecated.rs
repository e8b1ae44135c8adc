use arsenal_core::prelude::*;

/// Counts.
#[operation(get, "/items", sunset = "2027-03-01")]
async fn count() -> Result<u32, OperationError> {
    Ok(1)
}

fn main() {}
