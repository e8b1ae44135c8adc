//! `/api/v1/traces/{id}/shares…`: what a session is on each node. Used between nodes.

use arsenal_cluster::{
    node::RuntimeExt as _,
    trace::{SessionId, SessionShare, ShareEvents, Traced},
};
use arsenal_core::prelude::*;

use super::TraceOptions;

/// Events that a node gives at once, if they fit into one frame.
pub(super) const PAGE_MAX: u32 = 1_000;

/// Starts a session on every node.
///
/// Used between nodes. To trace messages, use `trace.create` or `process.trace`. Where a node has another
/// session with this id, or this one is over there, it refuses (409).
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
    /// Whose messages.
    on: Traced,
    /// How much is traced.
    #[param(flatten)]
    options: TraceOptions,
) -> Result<SessionShare, OperationError> {
    context.runtime()?.start_trace(options.plan(id, on)).await
}

fn of_all(answers: Vec<NodeAnswer<SessionShare>>) -> Vec<SessionShare> {
    answers.into_iter().map(|answer| answer.answer).collect()
}

/// Says what a session is on every node that has it.
///
/// Used between nodes. To see a session with its events, use `trace.inspect`.
#[operation(
    get,
    "/api/v1/traces/{id}/shares",
    tag = "trace",
    target = all_nodes,
    gather = of_some
)]
pub async fn find_shares(
    context: NodeContext,
    /// The session.
    id: SessionId,
) -> Result<Option<SessionShare>, OperationError> {
    Ok(context.runtime()?.traces().find(id))
}

/// Ends a session on every node that has it.
///
/// Used between nodes. To end a session, use `trace.delete`.
#[operation(
    delete,
    "/api/v1/traces/{id}/shares",
    tag = "trace",
    target = all_nodes,
    gather = of_some,
    partition = any
)]
pub async fn end_shares(
    context: NodeContext,
    /// The session.
    id: SessionId,
) -> Result<Option<SessionShare>, OperationError> {
    Ok(context.runtime()?.traces().end(id))
}

fn of_some(answers: Vec<NodeAnswer<Option<SessionShare>>>) -> Vec<SessionShare> {
    answers.into_iter().filter_map(|answer| answer.answer).collect()
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
