//! The data model of the topology.

use std::net::SocketAddr;

use arsenal_core::{membership::NodeStatus, name::NodeName};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::membership::{ProcessCounts, Resources, Role};

/// The cluster, as one node sees it.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Topology {
    /// Every member.
    pub nodes: Vec<NodeInfo>,
    /// The paths between members, each once.
    pub connections: Vec<Connection>,
    /// The groups of members that cannot reach each other; empty while there is one group only.
    /// Members that are down belong to none.
    pub partitions: Vec<PartitionSide>,
    /// When this picture was taken (RFC 3339).
    pub updated_at: String,
}

/// A node. What is not known of it is absent.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct NodeInfo {
    /// Its name.
    pub name: NodeName,
    /// Which start of it this is; zero where it is expected and was never met.
    pub generation: u64,
    /// Whether it answers the node that was asked.
    pub status: NodeStatus,
    /// Since when it has this status (RFC 3339).
    pub since: String,
    /// Why it has this status, for people.
    pub reason: String,
    /// Whether its vote counts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<Role>,
    /// Where it serves HTTP.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub http_address: Option<SocketAddr>,
    /// Where it serves other nodes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cluster_address: Option<SocketAddr>,
    /// The process of the operating system that it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub os_process: Option<u32>,
    /// The version of Arsenal that it runs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// When it started (RFC 3339).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub started_at: Option<String>,
    /// How many processes it runs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub processes: Option<ProcessCounts>,
    /// What it uses of its machine.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resources: Option<Resources>,
    /// Its part in the registry.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub registry: Option<RegistryInfo>,
    /// How old all this is, in ms: zero for the node that was asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub facts_age_ms: Option<u64>,
}

/// A node's part in the registry.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct RegistryInfo {
    /// How many names it holds.
    pub names: usize,
    /// The nodes whose names it can look up.
    pub members: Vec<NodeName>,
}

/// A path between two members.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Connection {
    /// One end: the node that was asked, where it is one of the two.
    pub from: NodeName,
    /// The other end.
    pub to: NodeName,
    /// Round trip of the last answered ping, in ms. Known for paths of the node that was asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub round_trip_ms: Option<f64>,
    /// Pings without an answer since. Known for paths of the node that was asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub missed: Option<u32>,
}

/// A group of members that reach each other, and nobody else.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PartitionSide {
    /// Who is in it.
    pub members: Vec<NodeName>,
}
