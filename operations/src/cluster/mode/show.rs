//! `GET /api/v1/cluster/mode`

use arsenal_cluster::node::RuntimeExt as _;
use arsenal_core::prelude::*;

use super::ClusterMode;

/// Shows which cluster is addressed through this node: the real one or the simulated one.
#[operation(get, "/api/v1/cluster/mode", tag = "cluster")]
pub async fn show_mode(context: NodeContext) -> Result<ClusterMode, OperationError> {
    Ok(ClusterMode::of(context.runtime()?))
}
