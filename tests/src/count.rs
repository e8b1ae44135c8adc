//! Operations on all nodes that leave a trace, so that a test can tell where they ran.

use std::sync::atomic::{AtomicU32, Ordering};

use arsenal_core::prelude::*;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How often this process of the operating system has counted.
static RUNS: AtomicU32 = AtomicU32::new(0);

/// What all nodes counted together.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
pub(crate) struct Total {
    /// The nodes that answered.
    nodes: Vec<NodeName>,
    /// The sum of their counts.
    runs: u32,
}

/// Counts on every node, or on none.
#[operation(post, "/api/v1/test/count-on-all", target = all_nodes, require = all, partition = any)]
pub(crate) async fn on_all() -> Result<u32, OperationError> {
    Ok(increment())
}

/// Counts on most nodes at least.
#[operation(
    post,
    "/api/v1/test/count-on-majority",
    target = all_nodes,
    require = majority,
    partition = any
)]
pub(crate) async fn on_majority() -> Result<u32, OperationError> {
    Ok(increment())
}

/// Shows how often the nodes have counted.
#[operation(get, "/api/v1/test/count", target = all_nodes, gather = total)]
pub(crate) async fn read_count() -> Result<u32, OperationError> {
    Ok(RUNS.load(Ordering::Relaxed))
}

fn increment() -> u32 {
    RUNS.fetch_add(1, Ordering::Relaxed) + 1
}

fn total(answers: Vec<NodeAnswer<u32>>) -> Total {
    let runs = answers.iter().map(|answer| answer.answer).sum();
    Total { nodes: answers.into_iter().map(|answer| answer.node).collect(), runs }
}
