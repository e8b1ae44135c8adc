//! `DELETE /api/v1/processes/{pid}`

use std::time::Duration;

use arsenal_cluster::process::{EndMode, EndRequest, ProcessAddress, ProcessEnd, end};
use arsenal_core::prelude::*;

/// Ends a process, on whichever node it runs.
///
/// `stop` lets the running handler end and loses the messages that wait, `drain` handles those before,
/// `kill` cancels the handler where it waits for something. A handler that never waits cannot be
/// cancelled. What supervises the process may start it again. An answer with `ended: false` says why it
/// has not ended yet; it still will.
#[operation(
    delete,
    "/api/v1/processes/{pid}",
    tag = "process",
    target = owner(pid),
    timeout = "61s",
    idempotent
)]
pub async fn stop_process(
    context: NodeContext,
    /// Its id, its name, or `name@node` where the name repeats.
    pid: ProcessAddress,
    /// How it is ended; `stop` if nothing is said.
    mode: Option<EndMode>,
    /// Why, told to its supervisor with `mode=stop`.
    #[param(length(max = 256))]
    reason: Option<String>,
    /// How long to wait for its end, in ms.
    #[param(range(min = 1, max = 60_000), default = 4000)]
    timeout_ms: u32,
) -> Result<ProcessEnd, OperationError> {
    let mode = mode.unwrap_or_default();
    let timeout = Duration::from_millis(timeout_ms.into());
    end(&context, &pid, EndRequest { mode, reason, timeout }).await
}
