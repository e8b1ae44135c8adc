//! Whether each node that lives sees each other one. Pure.
//!
//! A node knows its own paths. Of the others it knows whom they say not to reach; whoever is not named
//! is reached.

use std::collections::{BTreeMap, BTreeSet};

use arsenal_core::{membership::NodeStatus, name::NodeName};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tokio::time::Instant;

use crate::{
    endpoint::SUSPECT_AFTER,
    membership::{MemberState, NodeFacts},
};

/// Whether one node sees another.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Sight {
    /// It does.
    Sees,
    /// There is a path, but the last pings have no answer.
    Silent,
    /// There is no path, though the other node lives.
    Cut,
    /// Nothing was said about it yet.
    Unknown,
}

/// One direction of each pair of nodes that live: from the first name to the second one.
#[derive(Debug)]
pub(crate) struct Looks {
    pub(crate) alive: BTreeSet<NodeName>,
    directions: BTreeMap<(NodeName, NodeName), (Sight, Option<Instant>)>,
}

/// Who sees whom, as far as the node with these facts knows it.
pub(crate) fn looks(own: &NodeFacts, others: &BTreeMap<NodeName, MemberState>) -> Looks {
    let living: Vec<(&NodeName, &MemberState)> =
        others.iter().filter(|(_, state)| is_alive(state)).collect();
    let mut directions = BTreeMap::new();
    for (name, state) in &living {
        directions.insert((own.name.clone(), (*name).clone()), own_look(state));
        let seen = living.iter().map(|(other, _)| *other).filter(|other| other != name);
        for other in seen.chain([&own.name]) {
            directions.insert(((*name).clone(), other.clone()), told_look(state, other));
        }
    }
    let names = living.into_iter().map(|(name, _)| name.clone());
    Looks { alive: names.chain([own.name.clone()]).collect(), directions }
}

/// Whether it takes part in what is seen: with a path, or alive to others. One that was just heard of
/// is not cut off, only new.
fn is_alive(state: &MemberState) -> bool {
    state.path.is_some() || state.status == NodeStatus::Partitioned
}

fn own_look(state: &MemberState) -> (Sight, Option<Instant>) {
    match state.path {
        Some(path) if path.missed <= SUSPECT_AFTER => (Sight::Sees, Some(path.up_since)),
        Some(_) => (Sight::Silent, Some(state.since)),
        None => (Sight::Cut, Some(state.lost.map_or(state.since, |(at, _)| at))),
    }
}

fn told_look(from: &MemberState, to: &NodeName) -> (Sight, Option<Instant>) {
    match (&from.facts, from.cut_since.get(to)) {
        (None, _) => (Sight::Unknown, None),
        (Some(_), Some(since)) => (Sight::Cut, Some(*since)),
        (Some(_), None) => (Sight::Sees, None),
    }
}

impl Looks {
    /// What is known of one direction, and since when.
    pub(crate) fn get(&self, from: &NodeName, to: &NodeName) -> (Sight, Option<Instant>) {
        let look = self.directions.get(&(from.clone(), to.clone()));
        look.copied().unwrap_or((Sight::Unknown, None))
    }

    /// Each pair of nodes that live, once, the lower name first.
    pub(crate) fn pairs(&self) -> impl Iterator<Item = (&NodeName, &NodeName)> {
        let higher = |one| self.alive.iter().filter(move |other| *other > one);
        self.alive.iter().flat_map(move |one| higher(one).map(move |other| (one, other)))
    }

    /// The pairs that are connected: at least one sees the other, and none of them says that it does
    /// not.
    pub(crate) fn connected(&self) -> impl Iterator<Item = (&NodeName, &NodeName)> {
        self.pairs().filter(|(one, other)| {
            let both = [self.get(one, other).0, self.get(other, one).0];
            both.iter().any(|sight| matches!(sight, Sight::Sees | Sight::Silent))
                && !both.contains(&Sight::Cut)
        })
    }
}
