//! Ends what nobody wants any more: shares whose start failed or whose sandbox was deleted while
//! their node did not answer, and shares whose owner has lost their record by a restart.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use arsenal_core::{
    context::NodeParts,
    error::{Code, OperationError},
    membership::Cluster as _,
    name::NodeName,
};
use serde_json::json;
use tokio::{sync::Notify, time::Instant};

use super::{SandboxId, ShareStopped, share::end, shares::Taken};
use crate::node::NodeRuntime;

/// How often the janitor looks, where nothing wakes it earlier.
const ROUND_EVERY: Duration = Duration::from_secs(1);

/// How long one node may take to end a share.
const STOP_TIMEOUT: Duration = Duration::from_secs(5);

/// Shares that wait for their end. One beyond is logged and left.
const CLEANUPS_MAX: usize = 100_000;

/// The shares that are to end on other nodes, with the start of the node that ran them.
#[derive(Debug, Default)]
pub(crate) struct Cleanups {
    pending: Mutex<BTreeMap<(NodeName, SandboxId), u64>>,
    added: Notify,
}

impl Cleanups {
    pub(super) fn add(&self, node: NodeName, generation: u64, sandbox: SandboxId) {
        let mut pending = self.pending();
        if pending.len() >= CLEANUPS_MAX {
            tracing::error!(%node, %sandbox, "too many shares wait for their end; this one is left");
            return;
        }
        pending.insert((node, sandbox), generation);
        self.added.notify_one();
    }

    pub(super) fn done(&self, node: &NodeName, sandbox: &SandboxId) {
        self.pending().remove(&(node.clone(), sandbox.clone()));
    }

    fn all(&self) -> Vec<(NodeName, SandboxId, u64)> {
        let pending = self.pending();
        let row = |((node, sandbox), generation): (&(NodeName, SandboxId), &u64)| {
            (node.clone(), sandbox.clone(), *generation)
        };
        pending.iter().map(row).collect()
    }

    fn pending(&self) -> MutexGuard<'_, BTreeMap<(NodeName, SandboxId), u64>> {
        self.pending.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether the error means that nothing is left to end: only the node itself can say so.
pub(super) fn is_gone(error: &OperationError) -> bool {
    *error.code() == Code::Gone
}

/// Runs as long as the node does.
#[expect(clippy::infinite_loop, reason = "ended with the tasks of the node")]
pub(crate) async fn janitor(parts: Arc<NodeParts>, runtime: Arc<NodeRuntime>) {
    loop {
        for (node, sandbox, generation) in runtime.cleanups().all() {
            clean(&parts, &runtime, node, generation, sandbox).await;
        }
        end_orphans(&runtime).await;
        // Woken or not, the next round looks at everything.
        let _woken = tokio::time::timeout(ROUND_EVERY, runtime.cleanups().added.notified()).await;
    }
}

async fn clean(
    parts: &Arc<NodeParts>,
    runtime: &NodeRuntime,
    node: NodeName,
    generation: u64,
    sandbox: SandboxId,
) {
    let view = parts.cluster.view();
    match view.member(node.as_str()) {
        // The start of the node that ran it has ended, and the share with it.
        Some(member) if member.generation > generation => runtime.cleanups().done(&node, &sandbox),
        Some(member) if member.status.is_callable() => {
            let context = parts.own_context(STOP_TIMEOUT);
            let arguments = json!({ "node": node, "sandbox": sandbox });
            let stopped: Result<ShareStopped, _> =
                context.invoke("sandbox.stop_share", &arguments).await;
            match stopped {
                Ok(_) => runtime.cleanups().done(&node, &sandbox),
                Err(error) if is_gone(&error) => runtime.cleanups().done(&node, &sandbox),
                Err(error) => {
                    tracing::debug!(%node, %sandbox, %error, "a share could not be ended yet");
                }
            }
        }
        Some(_) | None => {}
    }
}

/// Ends the shares here whose owner is up again and has forgotten them.
async fn end_orphans(runtime: &NodeRuntime) {
    let view = runtime.view();
    for (sandbox, owner_generation) in runtime.shares().owners() {
        let owner = view.member(sandbox.owner().as_str());
        if owner.is_some_and(|owner| owner.generation > owner_generation)
            && let Taken::Running(supervisor) = runtime.shares().end(&sandbox, Instant::now())
        {
            let stopped = end(runtime, &supervisor).await;
            tracing::info!(%sandbox, stopped, "ended a share whose owner has restarted");
        }
    }
}
