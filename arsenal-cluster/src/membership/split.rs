//! Evidence that two parts of a cluster may decide without each other. Pure.
//!
//! It stops every mutation, and it stands until an operator says which voters are to decide: that is
//! a list of voters of a higher version, which every node adopts.

use std::collections::{BTreeMap, BTreeSet};

use arsenal_core::name::NodeName;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::facts::{Electorate, NodeFacts};

/// What was seen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Evidence {
    /// Two live nodes go by different voters.
    VoterLists {
        /// The voters of this node.
        ours: BTreeSet<NodeName>,
        /// The other node.
        node: NodeName,
        /// Its voters.
        theirs: BTreeSet<NodeName>,
    },
    /// Two processes with one name are alive.
    DuplicateName {
        /// The name.
        node: NodeName,
        /// The starts that are alive.
        generations: BTreeSet<u64>,
    },
    /// Another node has seen it.
    SeenBy {
        /// That node.
        node: NodeName,
    },
}

/// Two authorities were seen, and nobody has resolved it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Split {
    /// What was seen first.
    pub evidence: Evidence,
    /// The version of the voters at that time. A higher one resolves it.
    pub at_version: u64,
}

/// All evidence among what live nodes say: that of a name first, since nothing else can be resolved
/// before it is.
pub(super) fn evidence(
    ours: &Electorate,
    live: &[&NodeFacts],
    duplicates: &BTreeMap<NodeName, BTreeSet<u64>>,
) -> Vec<Split> {
    let duplicates = duplicates.iter().map(|(node, generations)| {
        let (node, generations) = (node.clone(), generations.clone());
        Split { evidence: Evidence::DuplicateName { node, generations }, at_version: ours.version }
    });
    let told = live.iter().filter_map(|facts| {
        let theirs = &facts.electorate;
        let node = facts.name.clone();
        if theirs.version == ours.version && theirs.voters != ours.voters {
            let (ours_voters, theirs) = (ours.voters.clone(), theirs.voters.clone());
            let evidence = Evidence::VoterLists { ours: ours_voters, node, theirs };
            return Some(Split { evidence, at_version: ours.version });
        }
        let seen_at = facts.judgement.split_at.filter(|version| *version >= ours.version)?;
        Some(Split { evidence: Evidence::SeenBy { node }, at_version: seen_at })
    });
    duplicates.chain(told).collect()
}

impl Split {
    /// Whether these voters were chosen after it was seen.
    pub(super) const fn is_resolved_by(&self, electorate: &Electorate) -> bool {
        electorate.version > self.at_version
    }
}
