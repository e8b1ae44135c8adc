//! `DELETE /api/v1/simulation`

use arsenal_cluster::node::RuntimeExt as _;
use arsenal_core::prelude::*;

/// Ends the simulated cluster, with all that it holds.
///
/// Requests are for the real one from then on.
#[operation(delete, "/api/v1/simulation", tag = "simulation", status = 204, timeout = "30s")]
pub async fn delete_simulation(context: NodeContext) -> Result<(), OperationError> {
    Ok(context.runtime()?.simulations().end().await?)
}
