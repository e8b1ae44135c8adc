//! Which nodes have a session. Not all of them do: one on a process alone is only where that runs, and a node
//! may have joined later.

use arsenal_cluster::trace::{SessionId, SessionShare};
use arsenal_core::{error::Failure, prelude::*};
use serde::Serialize;

/// A session on the nodes that have it, and those that did not answer but may have it: one that is on a
/// process alone has nothing to do with the nodes where that is not.
pub(super) struct Found {
    /// At least one.
    pub(super) shares: Vec<SessionShare>,
    pub(super) failures: Vec<Failure>,
}

#[derive(Serialize)]
struct ByIdRequest {
    id: SessionId,
}

/// Finds a session.
///
/// # Errors
///
/// `not_found` where no node has it; where some did not answer, their worst failure.
pub(super) async fn find(context: &NodeContext, id: SessionId) -> Result<Found, OperationError> {
    of_nodes(context, "trace.find_shares", id).await
}

/// Ends a session on all nodes that have it.
///
/// # Errors
///
/// See [`find`].
pub(super) async fn end(context: &NodeContext, id: SessionId) -> Result<Found, OperationError> {
    of_nodes(context, "trace.end_shares", id).await
}

async fn of_nodes(
    context: &NodeContext,
    operation: &str,
    id: SessionId,
) -> Result<Found, OperationError> {
    let asked: FanOut<Vec<SessionShare>> = context.invoke(operation, &ByIdRequest { id }).await?;
    let FanOut { data: shares, mut failures, nodes, failures_omitted: _ } = asked;
    if let Some(share) = shares.first() {
        failures.retain(|failure| share.plan.concerns(&failure.node));
    }
    match (shares.is_empty(), failures.is_empty()) {
        (false, _) => Ok(Found { shares, failures }),
        (true, false) => Err(OperationError::of_failures(nodes.answered, failures)),
        (true, true) => {
            let detail = format!("no node has a tracing session `{id}`");
            Err(OperationError::not_found(detail))
        }
    }
}
