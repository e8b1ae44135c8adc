//! One node's part in a sandbox: start it whole or not at all, and end it.

use std::{sync::Arc, time::Duration};

use arsenal_core::{
    context::NodeContext,
    error::{Code, OperationError},
};
use ractor::ActorCell;
use tokio::time::Instant;

use super::{SandboxId, ShareChild, ShareRequest, ShareStarted, ShareStopped, shares::Taken};
use crate::{
    node::{NodeRuntime, RuntimeExt as _},
    process::{Recipe, start_under},
};

/// How long the processes of a share may take to stop before they are killed.
const STOP_WITHIN: Duration = Duration::from_secs(2);

/// Starts all children under one supervisor. If one fails, or the caller's deadline passes, those
/// that were started are ended.
pub async fn start_share(
    context: &NodeContext,
    request: ShareRequest,
) -> Result<ShareStarted, OperationError> {
    let (runtime, sandbox) = (context.runtime()?, &request.sandbox);
    // Before anything is waited for, so that an end which comes meanwhile finds what to end.
    runtime.shares().reserve(sandbox, request.owner_generation, Instant::now())?;
    let mut unfinished = Unfinished { runtime, sandbox, supervisor: None, is_done: false };
    let supervisor = runtime.spawn_supervisor().await?;
    unfinished.supervisor = Some(supervisor.clone());
    runtime.shares().fill(sandbox, supervisor.clone())?;
    let mut processes = 0;
    for child in &request.children {
        processes += start_child(runtime, &supervisor, sandbox, child).await?;
    }
    runtime.shares().check(sandbox)?;
    unfinished.is_done = true;
    let generation = runtime.me().id.generation;
    Ok(ShareStarted { node: context.node().clone(), generation, processes })
}

/// Ends all processes of a share. One that is still being started ends by itself before its start
/// answers, with an error; one that was never here cannot be started for a while.
pub async fn stop_share(
    context: &NodeContext,
    sandbox: &SandboxId,
) -> Result<ShareStopped, OperationError> {
    let runtime = context.runtime()?;
    let stopped = match runtime.shares().end(sandbox, Instant::now()) {
        Taken::Nothing => {
            let detail = format!("this node runs no share of `{sandbox}`");
            // Not `not_found`: that is also the answer of a node that cannot end shares at all.
            return Err(OperationError::new(Code::Gone, detail));
        }
        Taken::Reserved => 0,
        Taken::Running(supervisor) => end(runtime, &supervisor).await,
    };
    Ok(ShareStopped { node: context.node().clone(), stopped })
}

/// Ends the processes under a supervisor, then the supervisor; says how many there were.
pub(super) async fn end(runtime: &NodeRuntime, supervisor: &ActorCell) -> usize {
    let killed = KilledOnDrop { runtime, supervisor };
    let stopped = supervisor.get_children().len();
    supervisor
        .stop_children_and_wait(Some(String::from("sandbox deleted")), Some(STOP_WITHIN))
        .await;
    drop(killed);
    if supervisor.wait(Some(STOP_WITHIN)).await.is_err() {
        tracing::warn!(supervisor = %supervisor.get_id(), "the supervisor of a share did not end in time");
    }
    stopped
}

/// Kills what does not stop in time, also where a deadline cuts an orderly end short.
struct KilledOnDrop<'a> {
    runtime: &'a NodeRuntime,
    supervisor: &'a ActorCell,
}

impl Drop for KilledOnDrop<'_> {
    fn drop(&mut self) {
        self.supervisor.kill();
        // The root will hear of it; whoever asks before that must not find names of the dead.
        self.runtime.processes().ended(self.supervisor.get_id().pid());
    }
}

/// Processes started before others get their turn: pings must be answered meanwhile.
const STARTED_IN_A_ROW_MAX: u32 = 64;

async fn start_child(
    runtime: &Arc<NodeRuntime>,
    supervisor: &ActorCell,
    sandbox: &SandboxId,
    share: &ShareChild,
) -> Result<u32, OperationError> {
    let blueprint = runtime.blueprints().get(&share.blueprint).ok_or_else(|| {
        let detail = format!("this node has no blueprint `{}`", share.blueprint);
        OperationError::not_found(detail)
    })?;
    let arguments = serde_json::to_vec(&share.arguments)
        .map_err(|error| OperationError::internal().because(error))?;
    let recipe = Recipe { blueprint, arguments: arguments.into() };
    for number in share.first..share.first.saturating_add(share.count.get()) {
        let name = format!("{sandbox}.{}.{number}", share.blueprint);
        let name = name.parse().map_err(|error| OperationError::internal().because(error))?;
        start_under(runtime, supervisor, Some(name), recipe.clone()).await?;
        if number % STARTED_IN_A_ROW_MAX == 0 {
            tokio::task::yield_now().await;
        }
    }
    Ok(share.count.get())
}

/// Ends a share whose start did not come to its end: an error, the share was ended meanwhile, or the
/// future was dropped at the deadline.
struct Unfinished<'a> {
    runtime: &'a Arc<NodeRuntime>,
    sandbox: &'a SandboxId,
    supervisor: Option<ActorCell>,
    is_done: bool,
}

impl Drop for Unfinished<'_> {
    fn drop(&mut self) {
        if self.is_done {
            return;
        }
        self.runtime.shares().end(self.sandbox, Instant::now());
        if let Some(supervisor) = &self.supervisor {
            drop(KilledOnDrop { runtime: self.runtime, supervisor });
        }
    }
}
