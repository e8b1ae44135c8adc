//! `POST /api/v1/processes/{pid}/resume`

use arsenal_cluster::process::{ProcessAddress, ProcessPause, resume};
use arsenal_core::prelude::*;

/// Lets a paused process take messages again.
///
/// Where it was not paused, nothing changes and `was_paused` is false.
#[operation(post, "/api/v1/processes/{pid}/resume", tag = "process", target = owner(pid), idempotent)]
pub async fn resume_process(
    context: NodeContext,
    /// Its id, its name, or `name@node` where the name repeats.
    pid: ProcessAddress,
) -> Result<ProcessPause, OperationError> {
    resume(&context, &pid)
}
