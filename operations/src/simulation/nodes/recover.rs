//! `POST /api/v1/simulation/nodes/{node}/recover`

use arsenal_cluster::simulation::live::SimulatedNode;
use arsenal_core::prelude::*;

use crate::simulation::current;

/// Starts a simulated node that has failed, as a new generation.
///
/// What it held in memory is gone, as after any restart. One that runs goes on; one that is frozen is
/// thawed, not recovered.
#[operation(post, "/api/v1/simulation/nodes/{node}/recover", tag = "simulation")]
pub async fn recover_node(
    context: NodeContext,
    /// The simulated node.
    node: NodeName,
) -> Result<SimulatedNode, OperationError> {
    Ok(current(&context)?.recover(&node).await?)
}
