//! What is told of a simulated cluster.

use std::net::SocketAddr;

use arsenal_core::name::NodeName;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The nodes that a simulated cluster has at most: they share one core.
pub const NODES_MAX: usize = 20;

/// The largest seed: what every JSON reader keeps exactly.
pub const SEED_MAX: u64 = (1 << 53) - 1;

/// A simulated cluster at one moment.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct SimulationStatus {
    /// What all randomness of its links comes from.
    pub seed: u64,
    /// When it was made, by the clock of the real node (RFC 3339).
    pub made_at: String,
    /// How long ago that is, in milliseconds of the wall clock.
    pub age_ms: u64,
    /// Its time.
    pub clock: ClockStatus,
    /// Its nodes, all of them voters.
    pub nodes: Vec<SimulatedNode>,
    /// The links that are cut or behave in another way than usual, one direction each.
    pub links: Vec<LinkStatus>,
}

/// A simulated cluster that is no more.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct EndedSimulation {
    /// What all randomness of its links came from.
    pub seed: u64,
    /// How many nodes it had, those that had failed included.
    pub node_count: usize,
    /// How many virtual milliseconds it lived.
    pub virtual_ms: u64,
}

/// The time of a simulated cluster.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct ClockStatus {
    /// Virtual milliseconds since it was made.
    pub virtual_ms: u64,
    /// What the clocks of its nodes show (RFC 3339).
    pub shows: String,
    /// Whether it stands.
    pub paused: bool,
    /// Virtual seconds per second, as asked for.
    pub speed: f64,
    /// The same as measured in the last second; absent where it was not measured yet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub speed_reached: Option<f64>,
    /// Whether the machine cannot follow: virtual time passes slower than asked for.
    pub behind: bool,
    /// Virtual milliseconds that were due and given up since it was made, because the machine could
    /// not follow.
    pub given_up_ms: u64,
}

/// A node of a simulated cluster.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct SimulatedNode {
    /// Its name.
    pub name: NodeName,
    /// Whether it runs.
    pub state: SimulatedState,
    /// Which start of it runs, or ran last.
    pub generation: u64,
    /// Where the others reach it; nothing outside of the simulation does.
    pub address: SocketAddr,
}

/// Whether a simulated node runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum SimulatedState {
    /// It runs.
    Running,
    /// It stands still, as after `kill -STOP`; its connections stay.
    Frozen,
    /// It is gone, as after `kill -9`.
    Failed,
}

impl SimulatedState {
    /// As answers show it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Frozen => "frozen",
            Self::Failed => "failed",
        }
    }
}

/// One direction of a link between two nodes.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct LinkStatus {
    /// Who sends.
    pub from: NodeName,
    /// Who would receive.
    pub to: NodeName,
    /// Whether nothing gets through.
    pub cut: bool,
    /// How long everything takes at least, in milliseconds.
    pub delay_ms: u64,
    /// How much longer it may take, in milliseconds.
    pub jitter_ms: u64,
    /// The share of datagrams that get lost, from 0 to 1; on connections the same share comes 200 ms late.
    pub loss: f64,
    /// The share of datagrams that come twice, from 0 to 1.
    pub duplication: f64,
    /// The share of datagrams that later ones overtake, from 0 to 1.
    pub reordering: f64,
}

/// Virtual time that was let pass while the clock stood.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Stepped {
    /// How many virtual milliseconds have passed: fewer than asked for where the clock was resumed, or
    /// paused again, meanwhile.
    pub passed_ms: u64,
    /// The clock now.
    pub clock: ClockStatus,
}
