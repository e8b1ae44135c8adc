//! `GET /api/v1/traces/{id}`

use arsenal_cluster::trace::{SessionId, TraceEvents};
use arsenal_core::prelude::*;

use super::reading::read;

/// Shows a session and what happened in it, on all nodes and in order.
///
/// The events of a node come in the order of their numbers, and none is received before it was sent,
/// whatever the clocks of the nodes say. The session may still run.
#[operation(get, "/api/v1/traces/{id}", tag = "trace", timeout = "15s", concurrency = 8)]
pub async fn inspect_trace(
    context: NodeContext,
    /// The session.
    id: SessionId,
    /// At most this many events of each node, the first ones.
    #[param(range(min = 0, max = 10_000), default = 1_000)]
    limit: u32,
) -> Result<TraceEvents, OperationError> {
    read(&context, id, limit).await
}
