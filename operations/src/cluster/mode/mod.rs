//! `/api/v1/cluster/mode`

pub mod set;
pub mod show;

use arsenal_cluster::node::NodeRuntime;
use arsenal_core::{membership::Mode, name::NodeName};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Which cluster is addressed through a node.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct ClusterMode {
    /// The real cluster or the simulated one.
    pub mode: Mode,
    /// The simulated node that requests are given to, where one was chosen; otherwise it is the first
    /// one that runs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub entry: Option<NodeName>,
    /// Whether there is a simulated cluster.
    pub has_simulation: bool,
}

impl ClusterMode {
    pub(crate) fn of(runtime: &NodeRuntime) -> Self {
        let simulations = runtime.simulations();
        let addressed = simulations.addressed();
        Self {
            mode: addressed.mode,
            entry: addressed.entry,
            has_simulation: simulations.current().is_ok(),
        }
    }
}
