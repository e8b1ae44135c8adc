//! What a node says of itself. Gossip carries it to all others.

use std::{
    collections::{BTreeMap, BTreeSet},
    net::SocketAddr,
};

use arsenal_core::{membership::Verdict, name::NodeName};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::lineage::ListId;

/// A node as it describes itself.
#[derive(Clone, Debug, PartialEq)]
pub struct NodeFacts {
    /// Its name.
    pub name: NodeName,
    /// Which start of it this is.
    pub generation: u64,
    /// What it is and where it is found. Stands from its start on.
    pub node: NodeCard,
    /// How many processes it runs.
    pub processes: ProcessCounts,
    /// What it uses of its machine.
    pub resources: Resources,
    /// How many names its registry holds.
    pub registered_names: usize,
    /// Whom it lets decide.
    pub electorate: Electorate,
    /// What it judged of its side of a partition.
    pub judgement: Judgement,
    /// The members that it has no path to, though others hear them.
    pub unreachable: BTreeSet<NodeName>,
    /// Whether it is leaving on purpose.
    pub is_leaving: bool,
}

/// What stands of a node from its start on. Fields that this version does not know are ignored.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NodeCard {
    /// Where it serves HTTP.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub http_address: Option<SocketAddr>,
    /// Where it serves other nodes.
    pub cluster_address: SocketAddr,
    /// The version of Arsenal that it runs.
    pub version: String,
    /// The process of the operating system that it is; a simulated node is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub os_process: Option<u32>,
    /// When it started (RFC 3339).
    pub started_at: String,
    /// Whether it asks not to be a voter.
    #[serde(default)]
    pub is_observer: bool,
}

/// What a node has judged, as it publishes it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Judgement {
    /// Its verdict.
    pub verdict: Verdict,
    /// Since when (RFC 3339).
    pub since: String,
    /// The version of the voters at which it saw two authorities, while that is not resolved.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub split_at: Option<u64>,
    /// Of each name that more than one live process has, the start that it has a path to.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub holders: BTreeMap<NodeName, u64>,
}

/// How many processes a node runs.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ProcessCounts {
    /// All actors of the node.
    pub total: usize,
    /// Those of them that were started through Arsenal.
    pub started_by_arsenal: usize,
    /// Those of them that are Arsenal's own: they carry frames between nodes, or hold others.
    #[serde(default)]
    pub internal: usize,
    /// How many of each type, for those whose type is known; at most 50 types.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by_type: Option<BTreeMap<String, usize>>,
    /// How many of each type are Arsenal's own, where they are counted as one.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub internal_by_type: BTreeMap<String, usize>,
    /// For how much of the time between the last two measurements its instrumented processes kept threads
    /// busy: 1 is one thread all the time. Absent before there are two.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub busy_share: Option<f64>,
    /// The same of each type that kept a thread busy at all, for those types that are counted.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub busy_by_type: BTreeMap<String, f64>,
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

/// The most voters of a cluster: their names must fit into one value of gossip, and more than a few
/// only make a majority slower to find.
pub const VOTERS_MAX: usize = 51;

/// The version of every list of voters that was configured. Later ones were chosen by an operator.
pub(super) const CONFIGURED: u64 = 1;

/// The voters that a node goes by. One that was chosen in place of another wins over it; version zero
/// means none was learnt yet.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Electorate {
    /// Which version of the list.
    pub version: u64,
    /// Who votes.
    pub voters: BTreeSet<NodeName>,
    /// The lists that it took the place of, the newest last.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ancestors: Vec<ListId>,
}

impl Electorate {
    /// Whether an operator chose them while the cluster ran.
    pub const fn is_chosen(&self) -> bool {
        self.version > CONFIGURED
    }
}

/// The part of a node in decisions.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Its vote counts.
    Voter,
    /// It follows what the voters decide.
    Observer,
}
