//! `GET /api/v1/traces`

use arsenal_cluster::{
    node::RuntimeExt as _,
    trace::{SessionShare, merge_sessions},
};
use arsenal_core::prelude::*;

/// Lists the sessions that run, and those that ended within ten minutes, over all nodes; the newest first.
///
/// A node runs at most 8 at a time, and keeps the last 16 that are over; fewer where the events of new ones
/// need their room.
#[operation(
    get,
    "/api/v1/traces",
    tag = "trace",
    target = all_nodes,
    gather = merge_sessions
)]
pub async fn list_traces(context: NodeContext) -> Result<Vec<SessionShare>, OperationError> {
    Ok(context.runtime()?.traces().list())
}
