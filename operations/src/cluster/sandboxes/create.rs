//! `POST /api/v1/cluster/sandboxes`

use arsenal_cluster::sandbox::{
    CHILDREN_MAX, ChildRequest, PlacementStrategy, Sandbox, SandboxRequest, create,
};
use arsenal_core::prelude::*;

/// Creates a sandbox: processes on several nodes that start and end together.
///
/// All or nothing: where one node cannot start its share, the others end theirs. The node that is
/// asked owns the sandbox; it can be used on any node. A request that is repeated with the same
/// `Idempotency-Key` at the same node creates no second one.
#[operation(
    post,
    "/api/v1/cluster/sandboxes",
    tag = "sandbox",
    partition = majority,
    status = 201,
    timeout = "30s",
    idempotent
)]
pub async fn create_sandbox(
    context: NodeContext,
    /// A name for people; it need not be unique.
    #[param(length(min = 1, max = 64), pattern = r"^[^\x00-\x1f\x7f-\x9f]+$", example = "try")]
    name: String,
    /// What to start. May be empty.
    #[param(length(max = CHILDREN_MAX))]
    children: Vec<ChildRequest>,
    /// The nodes to use; without them, all that are up.
    #[param(length(min = 1, max = 1000))]
    nodes: Option<Vec<NodeName>>,
    /// How the processes are placed on the nodes.
    #[param(default = PlacementStrategy::Spread)]
    placement_strategy: PlacementStrategy,
) -> Result<Sandbox, OperationError> {
    create(&context, SandboxRequest { name, children, nodes, placement_strategy }).await
}
