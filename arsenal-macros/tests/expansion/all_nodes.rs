//! On all nodes, gathered by a function, with every limit.

/// Counts.
#[operation(
    post,
    "/counts",
    name = "count.all",
    target = all_nodes,
    gather = sum,
    require = majority,
    body_limit = "64KiB",
    concurrency = 4,
    rate = "10/s",
    since = "1.2",
    until = "2.0",
    deprecated
)]
async fn count(word: String) -> Result<u64, OperationError> {
    Ok(word.len() as u64)
}

fn sum(answers: Vec<NodeAnswer<u64>>) -> u64 {
    answers.into_iter().map(|answer| answer.answer).sum()
}
