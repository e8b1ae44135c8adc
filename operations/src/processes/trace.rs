//! `POST /api/v1/processes/{pid}/trace`

use arsenal_cluster::{
    node::RuntimeExt as _,
    process::{ProcessAddress, ProcessKind},
    trace::Traced,
};
use arsenal_core::prelude::*;

use crate::traces::{StartedTrace, TraceOptions, start};

/// Traces the messages of a process, on whichever node it runs.
///
/// Tells what it gets, for how long that waited, how its handler ended and what the handler sends. With
/// `follow`, each message that it gets begins a request (or goes on with that of its `traceparent`), and
/// everything that this leads to is traced on all nodes. The session ends by itself on each node: when
/// its time is over, when it has as many events as it may have, or with `trace.delete`; follow it with
/// `trace.events`, read it with `trace.inspect`.
///
/// A process that is not instrumented is refused (409), and so are Arsenal's own (403). One that is
/// protected may be traced: that changes nothing.
#[operation(
    post,
    "/api/v1/processes/{pid}/trace",
    tag = "process",
    target = owner(pid),
    status = 201,
    partition = any
)]
pub async fn trace_process(
    context: NodeContext,
    /// Its id, its name, or `name@node` where the name repeats.
    pid: ProcessAddress,
    /// Traces also what its messages lead to, on all nodes.
    #[param(default = false)]
    follow: bool,
    /// How much is traced.
    #[param(flatten)]
    options: TraceOptions,
) -> Result<StartedTrace, OperationError> {
    let process = context.runtime()?.processes().inspect(&pid).await?;
    if process.kind == ProcessKind::Internal {
        let detail = format!("`{pid}` is one of Arsenal's own processes: they are not traced");
        return Err(OperationError::forbidden(detail));
    }
    if !process.instrumented {
        let detail = format!("`{pid}` is not instrumented, so that its messages are not seen");
        let suggestion = "spawn it with spawn_instrumented or spawn_linked_instrumented of \
            arsenal_cluster::instrument::SpawnInstrumented";
        return Err(OperationError::conflict(detail).suggest(suggestion));
    }
    start(&context, Traced::Process { pid: process.pid, follow }, options).await
}
