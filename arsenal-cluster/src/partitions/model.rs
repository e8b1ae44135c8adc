//! The data model of who sees whom and who may decide.

use std::collections::BTreeSet;

use arsenal_core::{
    membership::{NodeStatus, Quorum, Verdict},
    name::NodeName,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Contradiction, Sight};
use crate::{membership::Evidence, topology::PartitionSide};

/// Who sees whom, who may decide, and whether the nodes agree about it: as one node knows it.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Partitions {
    /// The node that was asked.
    pub node: NodeName,
    /// What it may decide, by which voters, and since when.
    pub quorum: Quorum,
    /// Which version of the list of voters it goes by.
    pub voters_version: u64,
    /// Why its verdict is what it is, for people.
    pub reason: String,
    /// Each pair of nodes that live, once, and whether they see each other.
    pub pairs: Vec<Pair>,
    /// The groups of nodes that reach each other, through others where they must. One while nothing
    /// is cut.
    pub sides: Vec<PartitionSide>,
    /// The members that are on no side: down, gone, or not met yet.
    pub absent: Vec<GoneMember>,
    /// What each node says that it may decide, this one too.
    pub verdicts: Vec<NodeVerdict>,
    /// Where these contradict each other. One that lasts for a few seconds only is a node that has not
    /// heard yet.
    pub contradictions: Vec<Contradiction>,
    /// What shows that two authorities exist: none of them unless the verdict is `split_brain`, or is
    /// about to be.
    pub evidence: Vec<Evidence>,
    /// What to do, where something should be done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub advice: Option<String>,
    /// When this picture was taken (RFC 3339).
    pub updated_at: String,
}

/// Two nodes that live.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Pair {
    /// One of them.
    pub one: NodeName,
    /// The other one.
    pub other: NodeName,
    /// Whether the one sees the other.
    pub one_sees_other: Look,
    /// Whether the other sees the one.
    pub other_sees_one: Look,
}

/// Whether a node sees another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Look {
    /// Whether it does.
    pub sight: Sight,
    /// Since when (RFC 3339): measured for the node that was asked, and for others since that node
    /// heard of it. Absent where it is not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<String>,
}

/// A member that is on no side.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct GoneMember {
    /// Its name.
    pub node: NodeName,
    /// Its status, as the node that was asked sees it.
    pub status: NodeStatus,
    /// Since when (RFC 3339).
    pub since: String,
    /// Why, for people.
    pub reason: String,
}

/// What a node says of itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct NodeVerdict {
    /// The node.
    pub node: NodeName,
    /// Its verdict.
    pub verdict: Verdict,
    /// Since when, by its own clock (RFC 3339).
    pub since: String,
    /// The voters that it goes by.
    pub voters: BTreeSet<NodeName>,
    /// The version of that list.
    pub voters_version: u64,
    /// Whether it lives, so that this is what it says now and not what it said last.
    pub is_current: bool,
    /// When that was heard, in ms ago: zero for the node that was asked.
    pub age_ms: u64,
}
