//! `GET /api/v1/cluster/connections`

use arsenal_cluster::{connections::Connections, node::RuntimeExt as _};
use arsenal_core::prelude::*;

/// Shows what connects this node with others, and why something does not.
///
/// Its paths with their round trips and what is in flight on them, and every address that it wants to
/// reach and does not: since when, why, and when it tries again. Then where it looks for other nodes, and
/// what came of it. The connections of another node are what that node answers.
#[operation(get, "/api/v1/cluster/connections", tag = "cluster")]
pub async fn connections(node: NodeContext) -> Result<Connections, OperationError> {
    Ok(node.runtime()?.connections())
}
