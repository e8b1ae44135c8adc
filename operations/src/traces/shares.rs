//! `/api/v1/traces/{id}/shares…`: what a session is on each node. Used between nodes.

use arsenal_cluster::{
    node::RuntimeExt as _,
    trace::{SessionId, SessionShare, ShareEvents, TracePlan},
};
use arsenal_core::prelude::*;

/// Events that a node gives at once, if they fit into one frame.
pub(super) const PAGE_MAX: u32 = 1_000;

/// Starts a session on every node.
///
/// Used between nodes. To trace messages, use `trace.create` or `process.trace`.
#[operation(
    post,
    "/api/v1/traces/{id}/shares",
    tag = "trace",
    target = all_nodes,
    gather = of_all,
    partition = any
)]
pub async fn start_shares(
    context: NodeContext,
    /// The session.
    id: SessionId,
    /// What it traces.
    plan: TracePlan,
) -> Result<SessionShare, OperationError> {
    context.runtime()?.start_trace(TracePlan { id, ..plan }).await
}

fn of_all(answers: Vec<NodeAnswer<SessionShare>>) -> Vec<SessionShare> {
    answers.into_iter().map(|answer| answer.answer).collect()
}

/// Gives the events of a session on one node.
///
/// Used between nodes. To read those of all nodes in order, use `trace.inspect`.
#[operation(
    get,
    "/api/v1/traces/{id}/shares/{node}",
    tag = "trace",
    target = node(node)
)]
pub async fn read_share(
    context: NodeContext,
    /// The session.
    id: SessionId,
    /// The node.
    #[expect(unused_variables, reason = "the target has led there")]
    node: NodeName,
    /// The number of the last event that is known.
    #[param(default = 0)]
    after: u64,
    /// At most this many events.
    #[param(range(min = 0, max = PAGE_MAX), default = PAGE_MAX)]
    limit: u32,
) -> Result<ShareEvents, OperationError> {
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    context.runtime()?.traces().events(id, after, limit)
}
