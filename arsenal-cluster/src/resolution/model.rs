//! The data model of a choice of voters.

use std::collections::BTreeSet;

use arsenal_core::{membership::Verdict, name::NodeName};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{membership::Electorate, topology::PartitionSide};

/// What choosing voters would do, or has done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Resolution {
    /// Whether it was done. If not, nothing was changed: send the same with `confirm: true`.
    pub is_done: bool,
    /// The node that was asked, and that tells the others.
    pub node: NodeName,
    /// What this node could decide before.
    pub verdict_before: Verdict,
    /// The voters before.
    pub before: VoterList,
    /// The voters after.
    pub after: VoterList,
    /// The nodes that live and are asked to go by the new list, this one too.
    pub asked: BTreeSet<NodeName>,
    /// The members that do not live here. They go by the new list as soon as they hear of it.
    pub unreached: BTreeSet<NodeName>,
    /// The side that will be able to decide; absent where no side that is seen from here has more than
    /// half of the new voters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deciding_side: Option<PartitionSide>,
    /// Whether this node is on that side.
    pub decides_here: bool,
    /// What it does, and what it does not, for people.
    pub effects: Vec<String>,
    /// What to look at before it is confirmed, for people.
    pub warnings: Vec<String>,
    /// Once it is done: who goes by the new list.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub adopted: Option<BTreeSet<NodeName>>,
    /// Once it is done: who was asked and has not said yet that it does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pending: Option<BTreeSet<NodeName>>,
    /// Once it is done: whether this node keeps the list over its restart.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub is_kept: Option<bool>,
}

/// A list of voters.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct VoterList {
    /// Which version of it. The highest one wins; lists that were configured have version 1, and 0
    /// means that none is known.
    pub version: u64,
    /// Who votes.
    pub voters: BTreeSet<NodeName>,
}

impl From<Electorate> for VoterList {
    fn from(electorate: Electorate) -> Self {
        Self { version: electorate.version, voters: electorate.voters }
    }
}
