use arsenal_core::prelude::*;

fn sum(answers: Vec<u32>) -> u32 {
    answers.into_iter().sum()
}

/// Lists.
#[operation(get, "/items", target = all_nodes, gather = sum)]
async fn list() -> Result<u32, OperationError> {
    Ok(1)
}

fn main() {}
