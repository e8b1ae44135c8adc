//! `POST /api/v1/cluster/mode`

use arsenal_cluster::node::RuntimeExt as _;
use arsenal_core::{error::Violation, membership::Mode, prelude::*};

use super::ClusterMode;

/// Chooses which cluster is addressed through this node.
///
/// Both go on, and nothing is lost by switching back and forth. In the mode `simulated`, operations are
/// answered by a node of the simulated cluster, which there must be; all under `/api/v1/simulation`,
/// this operation, the pages, `/metrics` and `/readyz` stay those of the real node. The mode is that of
/// this node alone. For one request, the header `Arsenal-Mode` does the same.
#[operation(post, "/api/v1/cluster/mode", tag = "cluster")]
pub async fn set_mode(
    context: NodeContext,
    /// The cluster.
    mode: Mode,
    /// The simulated node that requests are given to; without it, the first one that runs.
    node: Option<NodeName>,
) -> Result<ClusterMode, OperationError> {
    let runtime = context.runtime()?;
    match (mode, node) {
        (Mode::Simulated, node) => runtime.simulations().address_simulated(node)?,
        (Mode::Cluster, None) => runtime.simulations().address_real(),
        (Mode::Cluster, Some(_)) => {
            let message = "is only for the mode `simulated`";
            return Err(OperationError::invalid_input([Violation::of_body("node", message)]));
        }
    }
    Ok(ClusterMode::of(runtime))
}
