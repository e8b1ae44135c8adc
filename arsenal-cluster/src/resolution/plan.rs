//! What choosing voters would do. Pure: what is known and the new list in, the plan out.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
};

use arsenal_core::{membership::NodeStatus, name::NodeName};

use super::{
    Resolution, VoterList,
    warnings::{effects, warnings},
};
use crate::{
    membership::Evidence,
    partitions::{Known, looks, sides},
    topology::PartitionSide,
};

/// What a plan is made of.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Plan<'a> {
    /// What the node knows.
    pub(crate) known: Known<'a>,
    /// Names under which more than one process lives.
    pub(crate) duplicates: &'a BTreeMap<NodeName, BTreeSet<u64>>,
    /// The voters that are to decide.
    pub(crate) voters: &'a BTreeSet<NodeName>,
    /// The version that their list gets.
    pub(crate) version: u64,
}

/// Why a name cannot be one of the voters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum VotersRefused {
    /// Nobody knows a node of that name.
    Unknown(NodeName),
    /// It was started as an observer, which never decides.
    Observer(NodeName),
}

impl fmt::Display for VotersRefused {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unknown(node) => {
                write!(formatter, "`{node}` is no member and no voter that this node knows")
            }
            Self::Observer(node) => {
                write!(formatter, "`{node}` runs as an observer, which never decides")
            }
        }
    }
}

impl std::error::Error for VotersRefused {}

/// What the plan does, with nothing done yet.
pub(crate) fn plan(plan: Plan<'_>) -> Resolution {
    let Known { own, others, quorum, .. } = plan.known;
    // Who is alive to others hears of it from them.
    let with_status = |is_meant: fn(NodeStatus) -> bool| {
        let meant = others.iter().filter(move |(_, state)| is_meant(state.status));
        meant.map(|(name, _)| name.clone())
    };
    let reached = with_status(|status| !matches!(status, NodeStatus::Down | NodeStatus::Left));
    let asked: BTreeSet<NodeName> = reached.chain([own.name.clone()]).collect();
    let deciding_side = deciding_side(plan);
    let before = VoterList::from(own.electorate.clone());
    // Voters that decide already, and that nobody disputes, need no new version.
    let is_change = before.voters != *plan.voters || !plan.known.evidence.is_empty();
    let version = if is_change { plan.version } else { before.version };
    Resolution {
        is_done: false,
        node: own.name.clone(),
        verdict_before: quorum.verdict,
        after: VoterList { version, voters: plan.voters.clone() },
        decides_here: deciding_side.as_ref().is_some_and(|side| side.contains(&own.name)),
        effects: effects(plan, &asked, deciding_side.as_ref(), is_change),
        warnings: warnings(plan, &asked, deciding_side.as_ref()),
        deciding_side: deciding_side
            .map(|side| PartitionSide { members: side.into_iter().collect() }),
        before,
        asked,
        unreached: with_status(|status| status == NodeStatus::Down).collect(),
        adopted: None,
        pending: None,
        is_kept: None,
    }
}

/// The names among these voters that a node cannot let decide.
pub(crate) fn refused(known: Known<'_>, voters: &BTreeSet<NodeName>) -> Vec<VotersRefused> {
    let Known { own, others, evidence, .. } = known;
    let disputed = |name: &NodeName| {
        evidence.iter().any(|one| match one {
            Evidence::VoterLists { theirs, .. } => theirs.contains(name),
            Evidence::DuplicateName { .. } | Evidence::SeenBy { .. } => false,
        })
    };
    let is_observer = |name: &NodeName| {
        let told = others.get(name).and_then(|state| state.facts.as_ref());
        let told = told.map(|(facts, _)| facts).or_else(|| (own.name == *name).then_some(own));
        told.is_some_and(|facts| facts.node.is_observer)
    };
    let refused = |name: &NodeName| {
        let is_known = own.name == *name || others.contains_key(name) || disputed(name);
        match (is_known, is_observer(name)) {
            (false, _) => Some(VotersRefused::Unknown(name.clone())),
            (true, true) => Some(VotersRefused::Observer(name.clone())),
            (true, false) => None,
        }
    };
    voters.iter().filter_map(refused).collect()
}

/// The side with more than half of the new voters, if one is seen.
fn deciding_side(plan: Plan<'_>) -> Option<BTreeSet<NodeName>> {
    let looks = looks(plan.known.own, plan.known.others);
    let connected: Vec<(&NodeName, &NodeName)> = looks.connected().collect();
    let sides = sides(&looks.alive, &connected);
    sides.into_iter().find(|side| side.intersection(plan.voters).count() * 2 > plan.voters.len())
}

#[cfg(test)]
#[path = "plan_tests.rs"]
mod tests;
