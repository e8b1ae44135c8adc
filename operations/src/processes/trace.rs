//! `POST /api/v1/processes/{pid}/trace`

use arsenal_cluster::{node::RuntimeExt as _, process::ProcessAddress, trace::Traced};
use arsenal_core::prelude::*;

use crate::traces::{TraceOnNodes, TraceOptions, start_from};

/// Traces the messages of a process, on whichever node it runs.
///
/// Tells what it gets, for how long that waited, how its handler ended and what the handler sends. With
/// `follow`, each message that it gets begins a request (or goes on with that of its `traceparent`), and
/// everything that this leads to is traced on all nodes: the session runs on each of them, else only where
/// the process is. It ends by itself on each node: when its time is over, when it has as many events as it
/// may have, or with `trace.delete`; follow it with `trace.events`, read it with `trace.inspect`. Without
/// `follow` it ends with its process, too: one that is started again is another process.
///
/// A request is followed by all sessions that it meets, at most 8. Of a node where a session is full
/// nothing more is told, but of those behind it.
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
) -> Result<TraceOnNodes, OperationError> {
    let pid = context.runtime()?.processes().identify(&pid)?;
    start_from(&context, Traced::Process { pid, follow }, options).await
}
