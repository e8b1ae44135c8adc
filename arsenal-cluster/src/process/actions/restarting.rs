//! Ending a process, and starting another from the same blueprint in its place.

use std::{sync::Arc, time::Duration};

use arsenal_core::{
    context::NodeContext,
    error::{Code, OperationError},
};
use ractor::ActorCell;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    EndMode, EndRequest, answered_within, ending::end_within, refuse_protected_below,
    starting::start_under,
};
use crate::{
    node::{NodeRuntime, RuntimeExt as _},
    process::{ProcessAddress, ProcessId, ProcessName, recipes::Claim},
};

/// A process that took the place of another.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct ProcessRestart {
    /// The new process.
    pub pid: ProcessId,
    /// The one whose place it took; it has ended.
    pub previous: ProcessId,
    /// Its name, if it has one: that of the one before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The blueprint that both were made from.
    pub blueprint: String,
}

/// Starts a process of this node again, with the name, the supervisor and the arguments that it had. It is
/// stopped within this time, or killed. Once begun, it is done to its end, also where the caller goes.
///
/// # Errors
///
/// `not_found`; `forbidden` where it is protected, or something below it; `conflict` where it was not made
/// from a blueprint, is being started again, its supervisor has ended, or the start fails;
/// `distributed_timeout` where it does not end.
pub async fn restart(
    context: &NodeContext,
    address: &ProcessAddress,
    reason: Option<String>,
    patience: Duration,
) -> Result<ProcessRestart, OperationError> {
    let runtime = Arc::clone(context.runtime()?);
    let cell = runtime.processes().find_free(address)?;
    refuse_protected_below(runtime.processes(), &cell).await?;
    let patience = answered_within(context, patience.saturating_add(KILLED_WITHIN));
    let patience = patience.saturating_sub(KILLED_WITHIN);
    let replaced = Replaced::claim(&runtime, cell, reason)?;
    runtime.to_its_end(replaced.replace(patience)).await?
}

/// How long the end of a process is waited for that was killed because it did not stop.
const KILLED_WITHIN: Duration = Duration::from_millis(500);

/// A process whose place another takes.
struct Replaced {
    runtime: Arc<NodeRuntime>,
    cell: ActorCell,
    supervisor: ActorCell,
    name: Option<ProcessName>,
    claim: Claim,
    reason: Option<String>,
}

impl Replaced {
    fn claim(
        runtime: &Arc<NodeRuntime>,
        cell: ActorCell,
        reason: Option<String>,
    ) -> Result<Self, OperationError> {
        let local = cell.get_id().pid();
        let supervisor = cell.try_get_supervisor().ok_or_else(|| {
            OperationError::conflict("nothing supervises it: nothing can take its place")
        })?;
        Ok(Self {
            name: runtime.processes().names().of(local),
            claim: runtime.processes().claim_recipe(local)?,
            runtime: Arc::clone(runtime),
            supervisor,
            cell,
            reason,
        })
    }

    async fn replace(self, patience: Duration) -> Result<ProcessRestart, OperationError> {
        let processes = self.runtime.processes();
        let local = self.cell.get_id().pid();
        if !self.end(patience).await {
            return Err(OperationError::new(
                Code::DistributedTimeout,
                "it was told to end and has not, and nothing was started in its place: its handler \
                 keeps a thread busy",
            ));
        }
        let (name, recipe) = (self.name.clone(), self.claim.recipe.clone());
        let started = start_under(&self.runtime, &self.supervisor, name, recipe).await?;
        Ok(ProcessRestart {
            previous: processes.id(local),
            pid: started.pid,
            name: started.name,
            blueprint: started.blueprint,
        })
    }

    async fn end(&self, patience: Duration) -> bool {
        let (mode, reason) = (EndMode::Stop, self.reason.clone());
        let stop = EndRequest { mode, reason, timeout: patience };
        let kill = EndRequest { mode: EndMode::Kill, reason: None, timeout: KILLED_WITHIN };
        end_within(&self.runtime, &self.cell, stop, patience).await
            || end_within(&self.runtime, &self.cell, kill, KILLED_WITHIN).await
    }
}

#[cfg(test)]
#[path = "restarting_tests.rs"]
mod tests;
