//! `GET /api/v1/cluster/distribution`

use arsenal_cluster::{distribution::Distribution, node::RuntimeExt as _};
use arsenal_core::prelude::*;

/// Shows how the processes are spread over the nodes, by their types.
///
/// Answered at once from what this node knows: what the others said of themselves may be a second
/// old, and `facts_age_ms` says how old it is. Nodes that do not answer are listed without counts.
#[operation(get, "/api/v1/cluster/distribution", tag = "cluster")]
pub async fn distribution(
    node: NodeContext,
    /// Whether the processes of the nodes themselves count in totals, shares and skew, too.
    #[param(default = false)]
    include_internal: bool,
) -> Result<Distribution, OperationError> {
    Ok(node.runtime()?.distribution(include_internal))
}
