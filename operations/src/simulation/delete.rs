//! `DELETE /api/v1/simulation`

use arsenal_cluster::{node::RuntimeExt as _, simulation::live::EndedSimulation};
use arsenal_core::prelude::*;

/// Ends the simulated cluster, with all that it holds.
///
/// Requests are for the real one from then on. The answer says what was ended.
#[operation(delete, "/api/v1/simulation", tag = "simulation", timeout = "30s")]
pub async fn delete_simulation(context: NodeContext) -> Result<EndedSimulation, OperationError> {
    Ok(context.runtime()?.simulations().end().await?)
}
