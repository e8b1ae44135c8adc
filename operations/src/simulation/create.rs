//! `POST /api/v1/simulation`

use arsenal_cluster::{
    node::RuntimeExt as _,
    simulation::live::{NODES_MAX, SEED_MAX, SimulationStatus},
};
use arsenal_core::prelude::*;

/// Makes a simulated cluster beside the real one.
///
/// Its nodes `a`, `b`, `c`, … live in this process, on virtual time, and have the operations of this
/// program. Requests go on to be for the real cluster: `Arsenal-Mode: simulated` or
/// `POST /api/v1/cluster/mode` addresses the simulated one. A node has one at most.
#[operation(post, "/api/v1/simulation", tag = "simulation", status = 201, timeout = "30s")]
pub async fn create_simulation(
    context: NodeContext,
    /// How many nodes it has, all of them voters.
    #[param(range(min = 1, max = NODES_MAX), default = 3)]
    node_count: usize,
    /// What all randomness of its links comes from; drawn where it is absent.
    #[param(range(min = 0, max = SEED_MAX))]
    seed: Option<u64>,
) -> Result<SimulationStatus, OperationError> {
    let runtime = context.runtime()?;
    let made = runtime.simulations().make(node_count, seed, runtime.clock().time()).await?;
    Ok(made.status().await?)
}
