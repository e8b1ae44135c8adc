use arsenal_core::prelude::*;

/// Counts.
#[operation(get, "/items", gather = sum)]
async fn count() -> Result<u32, OperationError> {
    Ok(1)
}

fn sum(answers: Vec<NodeAnswer<u32>>) -> u32 {
    answers.iter().map(|answer| answer.answer).sum()
}

fn main() {
    sum(Vec::new());
}
