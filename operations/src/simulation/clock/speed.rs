//! `POST /api/v1/simulation/clock/speed`

use arsenal_cluster::simulation::live::{ClockStatus, SPEED_MAX, SPEED_MIN};
use arsenal_core::prelude::*;

use crate::simulation::current;

/// Sets how fast virtual time passes in the simulated cluster.
///
/// A machine that cannot follow lets it pass slower: `behind` and `speed_reached` tell.
#[operation(post, "/api/v1/simulation/clock/speed", tag = "simulation")]
pub async fn set_speed(
    context: NodeContext,
    /// Virtual seconds per second.
    #[param(range(min = SPEED_MIN, max = SPEED_MAX))]
    speed: f64,
) -> Result<ClockStatus, OperationError> {
    Ok(current(&context)?.set_speed(speed).await?)
}
