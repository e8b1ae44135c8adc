//! `POST /api/v1/processes/{pid}/pause`

use std::time::Duration;

use arsenal_cluster::process::{ProcessAddress, ProcessPause, pause};
use arsenal_core::prelude::*;

/// Lets a process take no more messages for a while.
///
/// A handler that runs is not interrupted. Messages pile up meanwhile. Its state can be read, and
/// `process.stop` ends it in each way; but once a message waits, what it supervises is not looked after, and
/// it does not stop where its supervisor or its program tells it to, before the pause ends. It ends by
/// itself. Only instrumented processes can be paused.
#[operation(post, "/api/v1/processes/{pid}/pause", tag = "process", target = owner(pid), idempotent)]
pub async fn pause_process(
    context: NodeContext,
    /// Its id, its name, or `name@node` where the name repeats.
    pid: ProcessAddress,
    /// For how long, in ms; counted anew where it is paused already.
    #[param(range(min = 1, max = 3_600_000), default = 60_000)]
    duration_ms: u32,
) -> Result<ProcessPause, OperationError> {
    pause(&context, &pid, Duration::from_millis(duration_ms.into()))
}
