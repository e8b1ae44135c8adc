use arsenal_core::prelude::*;

/// Adds.
#[operation(post, "/items")]
async fn add(#[param(body)] all: Vec<u32>, one: u32) -> Result<u32, OperationError> {
    Ok(one + all.iter().sum::<u32>())
}

fn main() {}
