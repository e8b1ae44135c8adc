//! `GET /api/v1/cluster/partitions`

use arsenal_cluster::{node::RuntimeExt as _, partitions::Partitions};
use arsenal_core::prelude::*;

/// Shows who sees whom, who may decide, and whether the nodes agree about it.
///
/// Answered at once from what this node knows: its own paths as they are, and what the others said of
/// theirs. Also says what to do, where something should be done.
#[operation(get, "/api/v1/cluster/partitions", tag = "cluster")]
pub async fn partitions(node: NodeContext) -> Result<Partitions, OperationError> {
    Ok(node.runtime()?.partitions())
}
