//! `DELETE /api/v1/traces/{id}`

use arsenal_cluster::{
    node::RuntimeExt as _,
    trace::{SessionId, SessionShare, TraceSession},
};
use arsenal_core::prelude::*;

/// Ends a session on all nodes, before it ends by itself.
///
/// Its events stay for ten minutes.
#[operation(
    delete,
    "/api/v1/traces/{id}",
    tag = "trace",
    target = all_nodes,
    gather = of_all,
    partition = any
)]
pub async fn delete_trace(
    context: NodeContext,
    /// The session.
    id: SessionId,
) -> Result<SessionShare, OperationError> {
    context.runtime()?.traces().end(id)
}

fn of_all(answers: Vec<NodeAnswer<SessionShare>>) -> Option<TraceSession> {
    TraceSession::of(answers.into_iter().map(|answer| answer.answer).collect())
}
