//! Evidence that two parts of a cluster may decide without each other. Pure.
//!
//! It stops every mutation, and it stands until an operator says which voters are to decide: that is
//! a list of voters of a higher version, in place of all that are known, which every node adopts.

use std::collections::{BTreeMap, BTreeSet};

use arsenal_core::name::NodeName;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::facts::{Electorate, NodeFacts};

/// What was seen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Evidence {
    /// Two live nodes go by different voters, and neither list was chosen in place of the other.
    VoterLists {
        /// The voters of this node.
        ours: BTreeSet<NodeName>,
        /// The other node.
        node: NodeName,
        /// Its voters.
        theirs: BTreeSet<NodeName>,
    },
    /// Two processes with one name are alive, and each has a part of the cluster with it, or decides
    /// alone.
    DuplicateName {
        /// The name.
        node: NodeName,
        /// The starts that are alive and not refused by all.
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
    /// The voters of the other authority, where they were seen.
    pub theirs: Option<Electorate>,
}

/// All evidence among what live nodes say: that of a name first, since nothing else can be resolved
/// before it is.
pub(super) fn evidence(
    ours: &Electorate,
    live: &[&NodeFacts],
    rivals: &BTreeMap<NodeName, BTreeSet<u64>>,
) -> Vec<Split> {
    let rivals = rivals.iter().map(|(node, generations)| {
        let (node, generations) = (node.clone(), generations.clone());
        let evidence = Evidence::DuplicateName { node, generations };
        Split { evidence, at_version: ours.version, theirs: None }
    });
    let told = live.iter().filter_map(|facts| {
        let theirs = &facts.electorate;
        let node = facts.name.clone();
        if theirs.disputes(ours) {
            let at_version = ours.version.max(theirs.version);
            let lists = (ours.voters.clone(), theirs.voters.clone());
            let evidence = Evidence::VoterLists { ours: lists.0, node, theirs: lists.1 };
            return Some(Split { evidence, at_version, theirs: Some(theirs.clone()) });
        }
        let seen_at = facts.judgement.split_at.filter(|version| *version >= ours.version)?;
        Some(Split { evidence: Evidence::SeenBy { node }, at_version: seen_at, theirs: None })
    });
    rivals.chain(told).collect()
}

/// Of processes that have one name, those that have a part of the cluster with them: the ones to which
/// live nodes, this one among them, say that they have a path. One that all refuse is no authority.
pub(super) fn rivals(
    duplicates: &BTreeMap<NodeName, BTreeSet<u64>>,
    ours: &BTreeMap<NodeName, u64>,
    live: &[&NodeFacts],
) -> BTreeMap<NodeName, BTreeSet<u64>> {
    let theirs = live.iter().map(|facts| &facts.judgement.holders);
    let said: Vec<&BTreeMap<NodeName, u64>> = theirs.chain([ours]).collect();
    let with_company = |name: &NodeName, alive: &BTreeSet<u64>| {
        let held = said.iter().filter_map(|holders| holders.get(name)).copied();
        held.filter(|generation| alive.contains(generation)).collect::<BTreeSet<u64>>()
    };
    let names = duplicates.iter().map(|(name, alive)| (name.clone(), with_company(name, alive)));
    names.filter(|(_, generations)| generations.len() > 1).collect()
}

impl Split {
    /// Whether these voters were chosen after it was seen.
    pub(super) const fn is_resolved_by(&self, electorate: &Electorate) -> bool {
        electorate.version > self.at_version
    }
}
