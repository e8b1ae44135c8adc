use arsenal_core::{answer::Stream, prelude::*};

/// Counts.
#[operation(
    put, "/ticks", stream, target = all_nodes, gather = sum, require = all, status = 201, idempotent
)]
async fn ticks() -> impl Stream<Item = Result<u32, OperationError>> {
    todo()
}

fn todo() -> std::pin::Pin<Box<dyn Stream<Item = Result<u32, OperationError>> + Send>> {
    unimplemented!()
}

fn sum(answers: Vec<NodeAnswer<u32>>) -> u32 {
    answers.iter().map(|answer| answer.answer).sum()
}

fn main() {
    sum(Vec::new());
}
