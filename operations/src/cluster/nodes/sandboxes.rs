//! `/api/v1/cluster/nodes/{node}/sandboxes…`: the sandboxes that one node owns.

use arsenal_cluster::{
    node::RuntimeExt as _,
    sandbox::{Sandbox, SandboxDeleted, SandboxId, delete},
};
use arsenal_core::prelude::*;

/// Shows a sandbox that a node owns.
#[operation(
    get,
    "/api/v1/cluster/nodes/{node}/sandboxes/{sandbox}",
    tag = "sandbox",
    target = node(node)
)]
pub async fn inspect_owned(
    context: NodeContext,
    /// The node that owns it.
    #[expect(unused_variables, reason = "the target has led there")]
    node: NodeName,
    /// The sandbox.
    sandbox: SandboxId,
) -> Result<Sandbox, OperationError> {
    let found = context.runtime()?.sandboxes().get(&sandbox, &context.membership());
    found.ok_or_else(|| OperationError::not_found(format!("no sandbox `{sandbox}`")))
}

/// Deletes a sandbox that a node owns.
#[operation(
    delete,
    "/api/v1/cluster/nodes/{node}/sandboxes/{sandbox}",
    tag = "sandbox",
    target = node(node),
    partition = majority,
    timeout = "30s"
)]
pub async fn delete_owned(
    context: NodeContext,
    /// The node that owns it.
    #[expect(unused_variables, reason = "the target has led there")]
    node: NodeName,
    /// The sandbox.
    sandbox: SandboxId,
) -> Result<SandboxDeleted, OperationError> {
    delete(&context, &sandbox).await
}
