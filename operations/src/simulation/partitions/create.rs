//! `POST /api/v1/simulation/partitions`

use arsenal_cluster::simulation::live::{NODES_MAX, Split};
use arsenal_core::prelude::*;

use crate::simulation::{SimulatedLinks, current};

/// Cuts links between simulated nodes; nobody is told.
///
/// Either `groups` that do not reach each other, where a node of no group is alone and whatever was cut
/// before is forgotten; or one direction, `from` some nodes `to` others, in addition to what is cut.
#[operation(post, "/api/v1/simulation/partitions", tag = "simulation")]
pub async fn create_partition(
    context: NodeContext,
    /// Groups of nodes, as `[["a", "b"], ["c"]]`.
    #[param(length(min = 1, max = NODES_MAX), items(length(min = 1, max = NODES_MAX)))]
    groups: Option<Vec<Vec<NodeName>>>,
    /// The nodes that send in vain.
    #[param(length(min = 1, max = NODES_MAX))]
    from: Option<Vec<NodeName>>,
    /// The nodes that hear nothing of them.
    #[param(length(min = 1, max = NODES_MAX))]
    to: Option<Vec<NodeName>>,
) -> Result<SimulatedLinks, OperationError> {
    let split = Split::of(groups, from, to)?;
    let simulation = current(&context)?;
    split.refuse_unknown(simulation.names())?;
    Ok(SimulatedLinks { links: simulation.partition(&split).await? })
}
