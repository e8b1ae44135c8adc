//! `POST /api/v1/simulation/clock/resume`

use arsenal_cluster::simulation::live::ClockStatus;
use arsenal_core::prelude::*;

use crate::simulation::current;

/// Lets the clock of the simulated cluster go on from where it stands.
#[operation(post, "/api/v1/simulation/clock/resume", tag = "simulation")]
pub async fn resume_clock(context: NodeContext) -> Result<ClockStatus, OperationError> {
    Ok(current(&context)?.resume().await?)
}
