//! `GET /api/v1/cluster/sandboxes/{id}`

use arsenal_cluster::sandbox::Sandbox;
use arsenal_core::prelude::*;
use serde_json::json;

use super::parse_id;

/// Shows a sandbox and what became of its shares.
#[operation(get, "/api/v1/cluster/sandboxes/{id}", tag = "sandbox")]
pub async fn inspect_sandbox(
    context: NodeContext,
    /// The id that its creation answered.
    id: String,
) -> Result<Sandbox, OperationError> {
    let sandbox = parse_id(&id)?;
    let arguments = json!({ "node": sandbox.owner(), "sandbox": sandbox });
    context.invoke("sandbox.inspect_owned", &arguments).await
}
