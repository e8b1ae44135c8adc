//! Deleting a sandbox: its record at once, its processes on every node that answers, the rest as
//! soon as it does.

use arsenal_core::{context::NodeContext, error::OperationError};
use futures_util::{StreamExt as _, stream::FuturesUnordered};
use serde_json::json;

use super::{SandboxDeleted, SandboxId, ShareStopped, leftovers::Leftovers};
use crate::node::RuntimeExt as _;

/// Deletes a sandbox that this node owns.
///
/// # Errors
///
/// `not_found` where this node owns no such sandbox. A node that does not answer is no error: it is
/// listed as pending.
pub async fn delete(
    context: &NodeContext,
    id: &SandboxId,
) -> Result<SandboxDeleted, OperationError> {
    let runtime = context.runtime()?;
    let sandbox = runtime
        .sandboxes()
        .remove(id)
        .ok_or_else(|| OperationError::not_found(format!("no sandbox `{id}`")))?;
    let mut leftovers = Leftovers::new(runtime.cleanups(), id);
    for share in &sandbox.shares {
        leftovers.add(share.node.clone(), share.generation);
    }
    let mut calls: FuturesUnordered<_> = sandbox
        .shares
        .iter()
        .map(|share| async move {
            let arguments = json!({ "node": share.node, "sandbox": id });
            let stopped: Result<ShareStopped, _> =
                context.invoke("sandbox.stop_share", &arguments).await;
            (share.node.clone(), stopped)
        })
        .collect();
    let mut deleted = SandboxDeleted { id: id.clone(), stopped: 0, pending: Vec::new() };
    while let Some((node, stopped)) = calls.next().await {
        match stopped {
            Ok(stopped) => {
                deleted.stopped += stopped.stopped;
                leftovers.ended(&node);
            }
            Err(error) if super::janitor::is_gone(&error) => leftovers.ended(&node),
            Err(_) => deleted.pending.push(node),
        }
    }
    deleted.pending.sort();
    Ok(deleted)
}
