//! `GET /api/v1/processes/{pid}/state`

use std::time::Duration;

use arsenal_cluster::process::{ProcessAddress, ProcessState, state};
use arsenal_core::prelude::*;

/// Shows the state of a process, as it is between two messages.
///
/// Its actor must be instrumented and the type of its state derive `ArsenalState`. A paused process
/// answers; one whose handler runs answers when it has ended.
#[operation(
    get,
    "/api/v1/processes/{pid}/state",
    name = "process.state",
    target = owner(pid),
    timeout = "31s"
)]
pub async fn process_state(
    context: NodeContext,
    /// Its id, its name, or `name@node` where the name repeats.
    pid: ProcessAddress,
    /// How long to wait for a handler that runs, in ms.
    #[param(range(min = 1, max = 30_000), default = 2000)]
    timeout_ms: u32,
) -> Result<ProcessState, OperationError> {
    state(&context, &pid, Duration::from_millis(timeout_ms.into())).await
}
