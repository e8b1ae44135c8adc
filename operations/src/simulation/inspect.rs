//! `GET /api/v1/simulation`

use arsenal_cluster::{node::RuntimeExt as _, simulation::live::SimulationStatus};
use arsenal_core::prelude::*;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::cluster::mode::ClusterMode;

/// The simulated cluster of a node, if it has one.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct SimulationReport {
    /// Which cluster is addressed, and whether there is a simulated one.
    #[serde(flatten)]
    pub mode: ClusterMode,
    /// The simulated cluster; absent where there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub simulation: Option<SimulationStatus>,
}

/// Shows the simulated cluster: its nodes, its clock, the links that are broken; or that there is none.
#[operation(get, "/api/v1/simulation", tag = "simulation")]
pub async fn inspect_simulation(context: NodeContext) -> Result<SimulationReport, OperationError> {
    let runtime = context.runtime()?;
    let simulation = match runtime.simulations().current() {
        Ok(simulation) => Some(simulation.status().await?),
        Err(_absent) => None,
    };
    Ok(SimulationReport { mode: ClusterMode::of(runtime), simulation })
}
