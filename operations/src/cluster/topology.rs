//! `GET /api/v1/cluster/topology`

use arsenal_cluster::{node::RuntimeExt as _, topology::Topology};
use arsenal_core::prelude::*;

/// Shows the nodes of the cluster and what connects them.
///
/// Answered at once from what this node knows: what the others said of themselves may be a second
/// old, and `facts_age_ms` says how old it is.
#[operation(get, "/api/v1/cluster/topology", tag = "cluster")]
pub async fn topology(
    node: NodeContext,
    /// Whether to count the processes of each node by type.
    #[param(default = false)]
    include_processes: bool,
) -> Result<Topology, OperationError> {
    let mut topology = node.runtime()?.topology();
    if !include_processes {
        for counts in topology.nodes.iter_mut().filter_map(|node| node.processes.as_mut()) {
            counts.by_type = None;
        }
    }
    Ok(topology)
}
