//! `DELETE /api/v1/cluster/sandboxes/{id}`

use arsenal_cluster::sandbox::SandboxDeleted;
use arsenal_core::prelude::*;
use serde_json::json;

use super::parse_id;

/// Deletes a sandbox and ends its processes on every node.
///
/// A node that does not answer is listed as pending: its processes are ended as soon as it does.
#[operation(
    delete,
    "/api/v1/cluster/sandboxes/{id}",
    tag = "sandbox",
    partition = majority,
    timeout = "30s"
)]
pub async fn delete_sandbox(
    context: NodeContext,
    /// The id that its creation answered.
    id: String,
) -> Result<SandboxDeleted, OperationError> {
    let sandbox = parse_id(&id)?;
    let arguments = json!({ "node": sandbox.owner(), "sandbox": sandbox });
    context.invoke("sandbox.delete_owned", &arguments).await
}
