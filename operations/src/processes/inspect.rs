//! `GET /api/v1/processes/{pid}`

use arsenal_cluster::{
    node::RuntimeExt as _,
    process::{Process, ProcessAddress},
};
use arsenal_core::prelude::*;

/// Shows a process, on whichever node it runs.
#[operation(get, "/api/v1/processes/{pid}", tag = "process", target = owner(pid))]
pub async fn inspect_process(
    context: NodeContext,
    /// Its id, its name, or `name@node` where the name repeats.
    pid: ProcessAddress,
) -> Result<Process, OperationError> {
    context.runtime()?.processes().inspect(&pid)
}
