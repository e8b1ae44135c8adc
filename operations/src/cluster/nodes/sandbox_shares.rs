//! `/api/v1/cluster/nodes/{node}/sandbox-shares…`: what the owner of a sandbox asks of each node.

use arsenal_cluster::sandbox::{
    CHILDREN_MAX, SandboxId, ShareChild, ShareRequest, ShareStarted, ShareStopped,
    start_share as start, stop_share as stop,
};
use arsenal_core::prelude::*;

/// Starts one node's share of a sandbox, whole or not at all.
///
/// Used between nodes. To create a sandbox, use `sandbox.create`.
#[operation(
    post,
    "/api/v1/cluster/nodes/{node}/sandbox-shares",
    tag = "sandbox",
    target = node(node),
    partition = majority,
    status = 201,
    timeout = "30s"
)]
pub async fn start_share(
    context: NodeContext,
    /// The node that is to run the share.
    node: NodeName,
    /// The sandbox that it belongs to.
    sandbox: SandboxId,
    /// Which start of the sandbox's owner asks.
    owner_generation: u64,
    /// What to start.
    #[param(length(max = CHILDREN_MAX))]
    children: Vec<ShareChild>,
) -> Result<ShareStarted, OperationError> {
    start(&context, ShareRequest { node, sandbox, owner_generation, children }).await
}

/// Ends one node's share of a sandbox.
///
/// Used between nodes. To delete a sandbox, use `sandbox.delete`.
#[operation(
    delete,
    "/api/v1/cluster/nodes/{node}/sandbox-shares/{sandbox}",
    tag = "sandbox",
    target = node(node),
    timeout = "30s"
)]
pub async fn stop_share(
    context: NodeContext,
    /// The node that runs the share.
    #[expect(unused_variables, reason = "the target has led there")]
    node: NodeName,
    /// The sandbox that it belongs to.
    sandbox: SandboxId,
) -> Result<ShareStopped, OperationError> {
    stop(&context, &sandbox).await
}
