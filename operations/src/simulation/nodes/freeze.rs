//! `POST /api/v1/simulation/nodes/{node}/freeze`

use arsenal_cluster::simulation::live::SimulatedNode;
use arsenal_core::prelude::*;

use crate::simulation::current;

/// Lets a simulated node stand still, as `kill -STOP` does.
///
/// Its connections stay, and nobody is told. One that is frozen stays so; one that has failed cannot be
/// frozen.
#[operation(post, "/api/v1/simulation/nodes/{node}/freeze", tag = "simulation")]
pub async fn freeze_node(
    context: NodeContext,
    /// The simulated node.
    node: NodeName,
) -> Result<SimulatedNode, OperationError> {
    Ok(current(&context)?.freeze(&node).await?)
}
