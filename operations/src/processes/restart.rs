//! `POST /api/v1/processes/{pid}/restart`

use std::time::Duration;

use arsenal_cluster::process::{ProcessAddress, ProcessRestart, restart};
use arsenal_core::prelude::*;

/// Ends a process and starts another in its place.
///
/// The new one has its blueprint and arguments, its name and its supervisor; what is new is its id and its
/// state. The old one is stopped, or killed where it does not stop in time. What was begun is done to its
/// end, also where the client hangs up. One that was not started from a blueprint is refused with `conflict`: its own supervisor knows how.
#[operation(
    post,
    "/api/v1/processes/{pid}/restart",
    tag = "process",
    target = owner(pid),
    timeout = "61s",
    idempotent
)]
pub async fn restart_process(
    context: NodeContext,
    /// Its id, its name, or `name@node` where the name repeats.
    pid: ProcessAddress,
    /// Why, told to its supervisor.
    #[param(length(max = 256))]
    reason: Option<String>,
    /// How long it may take to stop before it is killed, in ms.
    #[param(range(min = 1, max = 60_000), default = 3000)]
    timeout_ms: u32,
) -> Result<ProcessRestart, OperationError> {
    restart(&context, &pid, reason, Duration::from_millis(timeout_ms.into())).await
}
