//! `DELETE /api/v1/simulation/partitions`

use arsenal_core::prelude::*;

use crate::simulation::{SimulatedLinks, current};

/// Mends all links between simulated nodes that are cut.
///
/// How they behave otherwise stays.
#[operation(delete, "/api/v1/simulation/partitions", tag = "simulation")]
pub async fn heal_partitions(context: NodeContext) -> Result<SimulatedLinks, OperationError> {
    Ok(SimulatedLinks { links: current(&context)?.heal().await? })
}
