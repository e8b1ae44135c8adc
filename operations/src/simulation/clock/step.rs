//! `POST /api/v1/simulation/clock/step`

use std::time::Duration;

use arsenal_cluster::simulation::live::{STEP_MS_MAX, Stepped};
use arsenal_core::prelude::*;

use crate::simulation::current;

/// Lets virtual time pass in the simulated cluster while its clock stands, as fast as the machine can.
///
/// Answers when it has passed. It goes on where the client has gone.
#[operation(post, "/api/v1/simulation/clock/step", tag = "simulation", timeout = "60s")]
pub async fn step_clock(
    context: NodeContext,
    /// How many virtual milliseconds.
    #[param(range(min = 1, max = STEP_MS_MAX), example = 1000)]
    milliseconds: u64,
) -> Result<Stepped, OperationError> {
    Ok(current(&context)?.step(Duration::from_millis(milliseconds)).await?)
}
