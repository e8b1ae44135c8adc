//! `DELETE /api/v1/traces/{id}`

use arsenal_cluster::trace::SessionId;
use arsenal_core::prelude::*;

use super::{TraceOnNodes, finding::end};

/// Ends a session on all nodes, before it ends by itself.
///
/// Its events stay for at most ten minutes, see `trace.create`.
#[operation(delete, "/api/v1/traces/{id}", tag = "trace", partition = any)]
pub async fn delete_trace(
    context: NodeContext,
    /// The session.
    id: SessionId,
) -> Result<TraceOnNodes, OperationError> {
    TraceOnNodes::of(end(&context, id).await?)
}
