//! `POST /api/v1/simulation/nodes/{node}/thaw`

use arsenal_cluster::simulation::live::SimulatedNode;
use arsenal_core::prelude::*;

use crate::simulation::current;

/// Lets a simulated node that stands still go on, as `kill -CONT` does.
///
/// Its clock jumps first, then it reads what has come. One that runs goes on; one that has failed is
/// recovered, not thawed.
#[operation(post, "/api/v1/simulation/nodes/{node}/thaw", tag = "simulation")]
pub async fn thaw_node(
    context: NodeContext,
    /// The simulated node.
    node: NodeName,
) -> Result<SimulatedNode, OperationError> {
    Ok(current(&context)?.thaw(&node).await?)
}
