//! `POST /api/v1/simulation/nodes/{node}/fail`

use arsenal_cluster::simulation::live::SimulatedNode;
use arsenal_core::prelude::*;

use crate::simulation::current;

/// Ends a simulated node as `kill -9` does, also one that is frozen.
///
/// The others find its connections closed. One that has failed stays so.
#[operation(post, "/api/v1/simulation/nodes/{node}/fail", tag = "simulation")]
pub async fn fail_node(
    context: NodeContext,
    /// The simulated node.
    node: NodeName,
) -> Result<SimulatedNode, OperationError> {
    Ok(current(&context)?.fail(&node).await?)
}
