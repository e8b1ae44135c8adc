//! `POST /api/v1/simulation/clock/pause`

use arsenal_cluster::simulation::live::ClockStatus;
use arsenal_core::prelude::*;

use crate::simulation::current;

/// Lets the clock of the simulated cluster stand.
///
/// Its nodes still answer what needs no time; whatever asks another node needs time. A step that is
/// under way ends.
#[operation(post, "/api/v1/simulation/clock/pause", tag = "simulation")]
pub async fn pause_clock(context: NodeContext) -> Result<ClockStatus, OperationError> {
    Ok(current(&context)?.pause().await?)
}
