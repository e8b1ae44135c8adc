//! `GET /api/v1/traces/{id}`

use arsenal_cluster::{
    node::RuntimeExt as _,
    trace::{SessionId, TraceEvents},
};
use arsenal_core::prelude::*;

use super::{Encoded, reading::read};

/// Events that one answer shows, over all nodes.
const EVENTS_SHOWN_MAX: u32 = 10_000;

/// Shows a session and what happened in it, on all nodes and in order.
///
/// The events of a node come in the order of their numbers, and none is received before it was sent,
/// whatever the clocks of the nodes say. The session may still run.
#[operation(get, "/api/v1/traces/{id}", tag = "trace", timeout = "15s", concurrency = 8)]
pub async fn inspect_trace(
    context: NodeContext,
    /// The session.
    id: SessionId,
    /// At most this many events over all nodes: the first ones of each, as evenly as they have them.
    #[param(range(min = 0, max = EVENTS_SHOWN_MAX), default = 1_000)]
    limit: u32,
) -> Result<Encoded<TraceEvents>, OperationError> {
    let read = read(&context, id, limit).await?;
    context.runtime()?.aside(move || Encoded::new(&read.ordered())).await?
}
