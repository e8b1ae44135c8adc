//! `GET /api/v1/processes/{pid}`

use arsenal_cluster::process::{ProcessAddress, ProcessDetail, detail};
use arsenal_core::prelude::*;

/// Shows everything that is known of a process, on whichever node it runs.
///
/// Of one that is not instrumented, that is what ractor knows; the rest is absent.
#[operation(get, "/api/v1/processes/{pid}", tag = "process", target = owner(pid))]
pub async fn inspect_process(
    context: NodeContext,
    /// Its id, its name, or `name@node` where the name repeats.
    pid: ProcessAddress,
) -> Result<ProcessDetail, OperationError> {
    detail(&context, &pid).await
}
