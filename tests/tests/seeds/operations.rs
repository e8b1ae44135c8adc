//! Operations that leave a record of each run.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use arsenal_core::prelude::*;
use tokio::time::{Instant, sleep};

use super::history::Run;

/// The time of the world, as the clock of one node tells it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct NodeClock {
    world: Duration,
    node: Instant,
}

impl NodeClock {
    /// Inside of the runtime of the node.
    pub(crate) fn set(world: Duration) -> Self {
        Self { world, node: Instant::now() }
    }

    pub(crate) fn now(&self) -> Duration {
        self.world + self.node.elapsed()
    }
}

/// Where one node writes what it executes. The record outlives the node.
#[derive(Clone, Debug)]
pub(crate) struct Ledger {
    pub(crate) slot: usize,
    pub(crate) clock: NodeClock,
    pub(crate) runs: Arc<Mutex<Vec<Run>>>,
}

impl Ledger {
    fn write(&self, number: u64, accepted_at: Duration) {
        let run = Run { accepted_at, at: self.clock.now(), slot: self.slot, number };
        self.runs.lock().unwrap_or_else(PoisonError::into_inner).push(run);
    }
}

/// Writes an entry on one node.
#[operation(
    post,
    "/api/v1/seeds/entries/{node}",
    name = "ledger.append",
    target = node(node),
    partition = majority
)]
pub(crate) async fn append(
    #[state] ledger: Ledger,
    /// Where to write.
    #[expect(unused_variables, reason = "the target has led there")]
    node: NodeName,
    /// The request.
    number: u64,
    /// How long it works before it writes, in milliseconds.
    pause_ms: u64,
) -> Result<(), OperationError> {
    let accepted_at = ledger.clock.now();
    if pause_ms > 0 {
        sleep(Duration::from_millis(pause_ms)).await;
    }
    ledger.write(number, accepted_at);
    Ok(())
}

/// Writes an entry on all nodes.
#[operation(
    post,
    "/api/v1/seeds/entries",
    name = "ledger.append_all",
    target = all_nodes,
    partition = majority
)]
pub(crate) async fn append_all(
    #[state] ledger: Ledger,
    /// The request.
    number: u64,
) -> Result<(), OperationError> {
    ledger.write(number, ledger.clock.now());
    Ok(())
}

/// Tells how many entries this node has.
#[operation(get, "/api/v1/seeds/count", name = "ledger.count")]
pub(crate) async fn count(#[state] ledger: Ledger) -> Result<usize, OperationError> {
    Ok(counted(&ledger))
}

/// Tells how many entries each node has.
#[operation(get, "/api/v1/seeds/counts", name = "ledger.counts", target = all_nodes)]
pub(crate) async fn counts(#[state] ledger: Ledger) -> Result<usize, OperationError> {
    Ok(counted(&ledger))
}

fn counted(ledger: &Ledger) -> usize {
    let runs = ledger.runs.lock().unwrap_or_else(PoisonError::into_inner);
    runs.iter().filter(|run| run.slot == ledger.slot).count()
}
