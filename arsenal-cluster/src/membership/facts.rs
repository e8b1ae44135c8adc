//! What a node says of itself in every pong. Gossip will carry it later.

use std::{
    collections::{BTreeMap, BTreeSet},
    net::SocketAddr,
};

use arsenal_core::name::NodeName;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A node as it describes itself. Fields that this version does not know are ignored.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct NodeFacts {
    /// Its name.
    pub name: NodeName,
    /// Which start of it this is.
    pub generation: u64,
    /// Where it serves HTTP.
    #[serde(default)]
    pub http_address: Option<SocketAddr>,
    /// Where it serves other nodes.
    pub cluster_address: SocketAddr,
    /// The version of Arsenal that it runs.
    pub version: String,
    /// The process of the operating system that it is.
    pub os_process: u32,
    /// When it started (RFC 3339).
    pub started_at: String,
    /// How many processes it runs.
    pub processes: ProcessCounts,
    /// What it uses of its machine.
    pub resources: Resources,
    /// How many names its registry holds.
    pub registered_names: usize,
    /// Whom it lets decide.
    pub electorate: Electorate,
    /// The peers that it has a path to.
    pub peers: Vec<KnownPeer>,
}

/// A peer, as another one knows it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct KnownPeer {
    /// Its name.
    pub name: NodeName,
    /// Which start of it.
    pub generation: u64,
    /// Where it serves other nodes.
    pub address: SocketAddr,
    /// Round trip of the last answered ping, in µs.
    #[serde(default)]
    pub round_trip_us: Option<u64>,
    /// Beats without an answer.
    #[serde(default)]
    pub missed: u32,
}

/// How many processes a node runs.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ProcessCounts {
    /// All actors of the node.
    pub total: usize,
    /// Those of them that were started through Arsenal.
    pub started_by_arsenal: usize,
    /// How many of each type, for those whose type is known; at most 50 types.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by_type: Option<BTreeMap<String, usize>>,
}

/// What a node uses of its machine. A number that is not known is absent.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Resources {
    /// CPU time per wall time over the last sample, in percent of one core.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cpu_percent: Option<f32>,
    /// Resident memory of the process, in bytes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub memory_bytes: Option<u64>,
    /// Load of the machine over the last minute.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub load_one_minute: Option<f64>,
}

/// The voters that a node goes by. The higher version wins; zero means none was learnt yet.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Electorate {
    /// Which version of the list.
    pub version: u64,
    /// Who votes.
    pub voters: BTreeSet<NodeName>,
}
