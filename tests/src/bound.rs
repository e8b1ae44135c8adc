//! Operations with limits and keys, on whichever node, that tell how often they ran there.

use std::{
    future::pending,
    sync::atomic::{AtomicU32, Ordering},
    time::Duration,
};

use arsenal_core::prelude::*;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

static RUNS: AtomicU32 = AtomicU32::new(0);
static LINGERING: AtomicU32 = AtomicU32::new(0);

/// A run, and where it was.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
pub(crate) struct Run {
    node: NodeName,
    number: u32,
}

fn run(context: &NodeContext) -> Run {
    Run { node: context.node().clone(), number: RUNS.fetch_add(1, Ordering::Relaxed) + 1 }
}

/// Runs once for each key.
#[operation(
    post,
    "/api/v1/test/once/{node}",
    name = "bound.once",
    target = node(node),
    timeout = "10s",
    body_limit = "1KiB",
    idempotent
)]
pub(crate) async fn once(
    context: NodeContext,
    /// Where to run.
    #[expect(unused_variables, reason = "the target has led there")]
    node: NodeName,
    /// How long it takes.
    #[param(default = 0)]
    ms: u64,
    /// Whether it panics in the end.
    #[param(default = false)]
    panic: bool,
) -> Result<Run, OperationError> {
    let run = run(&context);
    tokio::time::sleep(Duration::from_millis(ms)).await;
    assert!(!panic, "a secret of the program");
    Ok(run)
}

/// Runs once for each key, on every node.
#[operation(
    post,
    "/api/v1/test/once-on-all",
    name = "bound.once_on_all",
    target = all_nodes,
    partition = any,
    idempotent
)]
pub(crate) async fn once_on_all(context: NodeContext) -> Result<Run, OperationError> {
    Ok(run(&context))
}

/// Runs alone on its node.
#[operation(
    post,
    "/api/v1/test/alone/{node}",
    name = "bound.alone",
    target = node(node),
    concurrency = 1,
    timeout = "30s"
)]
pub(crate) async fn alone(
    /// Where to run.
    #[expect(unused_variables, reason = "the target has led there")]
    node: NodeName,
) -> Result<(), OperationError> {
    linger().await
}

/// Runs at most twice in an hour.
#[operation(
    post,
    "/api/v1/test/seldom/{node}",
    name = "bound.seldom",
    target = node(node),
    rate = "2/h",
    deprecated = "2026-11-01",
    sunset = "2027-03-01"
)]
pub(crate) async fn seldom(
    context: NodeContext,
    /// Where to run.
    #[expect(unused_variables, reason = "the target has led there")]
    node: NodeName,
) -> Result<Run, OperationError> {
    Ok(run(&context))
}

/// Tells how many runs of `bound.alone` have not ended.
#[operation(get, "/api/v1/test/lingering/{node}", name = "bound.lingering", target = node(node))]
pub(crate) async fn lingering(
    /// Where to look.
    #[expect(unused_variables, reason = "the target has led there")]
    node: NodeName,
) -> Result<u32, OperationError> {
    Ok(LINGERING.load(Ordering::Relaxed))
}

/// Never ends by itself.
async fn linger() -> Result<(), OperationError> {
    struct Counted;
    impl Drop for Counted {
        fn drop(&mut self) {
            LINGERING.fetch_sub(1, Ordering::Relaxed);
        }
    }
    LINGERING.fetch_add(1, Ordering::Relaxed);
    let _counted = Counted;
    pending().await
}
