use arsenal_core::prelude::*;

/// Counts.
#[operation(get, "/items", sunset = "2027-03-01")]
async fn count() -> Result<u32, OperationError> {
    Ok(1)
}

/// Adds.
#[operation(get, "/sum", deprecated = "2027-03-01", sunset = "2026-11-01")]
async fn add() -> Result<u32, OperationError> {
    Ok(1)
}

fn main() {}
