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

/// What is known of one direction, and since when.
pub(crate) type Seen = (Sight, Option<Instant>);

/// Who sees whom among the nodes that live.
#[derive(Debug)]
pub(crate) struct Looks<'a> {
    pub(crate) alive: BTreeSet<NodeName>,
    /// In the order of their names; this node has no state.
    nodes: Vec<Node<'a>>,
}

type Node<'a> = (&'a NodeName, Option<&'a MemberState>);

/// Two nodes that live.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Mutual<'a> {
    pub(crate) one: &'a NodeName,
    pub(crate) other: &'a NodeName,
    pub(crate) one_sees_other: Seen,
    pub(crate) other_sees_one: Seen,
}

/// Who sees whom, as far as the node with these facts knows it.
pub(crate) fn looks<'a>(
    own: &'a NodeFacts,
    others: &'a BTreeMap<NodeName, MemberState>,
) -> Looks<'a> {
    let living = others.iter().filter(|(_, state)| is_alive(state));
    let living = living.map(|(name, state)| (name, Some(state)));
    let mut nodes: Vec<_> = living.chain([(&own.name, None)]).collect();
    nodes.sort_by_key(|(name, _)| *name);
    Looks { alive: nodes.iter().map(|(name, _)| (*name).clone()).collect(), nodes }
}

/// Whether it takes part in what is seen: with a path, or alive to others. One that was just heard of
/// is not cut off, only new.
fn is_alive(state: &MemberState) -> bool {
    state.path.is_some() || state.status == NodeStatus::Partitioned
}

fn own_look(state: &MemberState) -> Seen {
    match state.path {
        Some(path) if path.missed <= SUSPECT_AFTER => (Sight::Sees, Some(path.up_since)),
        Some(_) => (Sight::Silent, Some(state.since)),
        None => (Sight::Cut, Some(state.lost.map_or(state.since, |(at, _)| at))),
    }
}

fn told_look(from: &MemberState, to: &NodeName) -> Seen {
    match (&from.facts, from.cut_since.get(to)) {
        (None, _) => (Sight::Unknown, None),
        (Some(_), Some(since)) => (Sight::Cut, Some(*since)),
        (Some(_), None) => (Sight::Sees, None),
    }
}

fn look((_, from): Node<'_>, (to, to_state): Node<'_>) -> Seen {
    match (from, to_state) {
        (Some(from), _) => told_look(from, to),
        (None, Some(to)) => own_look(to),
        (None, None) => (Sight::Unknown, None),
    }
}

impl<'a> Looks<'a> {
    /// Each pair of nodes that live, once, the lower name first.
    pub(crate) fn pairs(&self) -> impl Iterator<Item = Mutual<'a>> {
        self.nodes.iter().enumerate().flat_map(|(index, one)| {
            self.nodes.iter().skip(index + 1).map(|other| Mutual::of(*one, *other))
        })
    }

    /// The pairs that are connected.
    pub(crate) fn connected(&self) -> impl Iterator<Item = (&'a NodeName, &'a NodeName)> {
        self.pairs().filter(Mutual::is_connected).map(|pair| (pair.one, pair.other))
    }

    /// The nodes that a node is connected with; none where it does not live.
    pub(crate) fn neighbours(&self, node: &NodeName) -> impl Iterator<Item = &'a NodeName> {
        let here = self.nodes.iter().find(|(name, _)| *name == node);
        here.into_iter().flat_map(|here| {
            let others = self.nodes.iter().filter(move |(name, _)| *name != here.0);
            let pairs = others.map(move |other| Mutual::of(*here, *other));
            pairs.filter(Mutual::is_connected).map(|pair| pair.other)
        })
    }
}

impl<'a> Mutual<'a> {
    fn of(one: Node<'a>, other: Node<'a>) -> Self {
        Self {
            one: one.0,
            other: other.0,
            one_sees_other: look(one, other),
            other_sees_one: look(other, one),
        }
    }

    /// Whether at least one sees the other, and none of them says that it does not.
    fn is_connected(&self) -> bool {
        let both = [self.one_sees_other.0, self.other_sees_one.0];
        both.iter().any(|sight| matches!(sight, Sight::Sees | Sight::Silent))
            && !both.contains(&Sight::Cut)
    }
}
