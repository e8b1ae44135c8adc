//! Ending a process, and starting another from the same blueprint in its place.

use std::time::Duration;

use arsenal_core::{
    context::NodeContext,
    error::{Code, OperationError},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{EndMode, EndRequest, ending::end_within, starting::start_under};
use crate::{
    instrument::records,
    node::RuntimeExt as _,
    process::{ProcessAddress, ProcessId, ProcessName},
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
    /// How many have taken the place of another in this line.
    pub restarts: u32,
}

/// Starts a process of this node again, with the name, the supervisor and the arguments that it had. It is
/// stopped within this time, or killed.
///
/// # Errors
///
/// `not_found`; `forbidden` where it is protected; `conflict` where it was not made from a blueprint, its
/// supervisor has ended, or the start fails; `distributed_timeout` where it does not end.
pub async fn restart(
    context: &NodeContext,
    address: &ProcessAddress,
    reason: Option<String>,
    patience: Duration,
) -> Result<ProcessRestart, OperationError> {
    let runtime = context.runtime()?;
    let processes = runtime.processes();
    let cell = processes.find_free(address)?;
    let local = cell.get_id().pid();
    let recipe = processes.recipe(local).ok_or_else(not_from_blueprint)?;
    let supervisor = cell
        .try_get_supervisor()
        .ok_or_else(|| OperationError::conflict("nothing supervises it any more"))?;
    let name: Option<ProcessName> = processes.names().of(local);
    let restarts = records::get(local).map_or(0, |record| record.restarts()).saturating_add(1);
    let stop = EndRequest { mode: EndMode::Stop, reason, timeout: patience };
    if !end_within(runtime, &cell, stop, patience).await {
        let kill = EndRequest { mode: EndMode::Kill, reason: None, timeout: KILLED_WITHIN };
        if !end_within(runtime, &cell, kill, KILLED_WITHIN).await {
            return Err(OperationError::new(
                Code::DistributedTimeout,
                "it was told to end and has not, and nothing was started in its place: its handler \
                 keeps a thread busy",
            ));
        }
    }
    let started = start_under(runtime, &supervisor, name, recipe).await?;
    if let Some(record) = records::get(started.pid.local) {
        record.continues(restarts);
    }
    Ok(ProcessRestart {
        previous: processes.id(local),
        pid: started.pid,
        name: started.name,
        blueprint: started.blueprint,
        restarts,
    })
}

/// How long the end of a process is waited for that was killed because it did not stop.
const KILLED_WITHIN: Duration = Duration::from_millis(500);

fn not_from_blueprint() -> OperationError {
    let detail =
        "it was not started from a blueprint, so that only its own supervisor can start it again";
    OperationError::conflict(detail)
        .suggest("end it with `DELETE`: a supervisor that replaces what it loses does so then")
}
