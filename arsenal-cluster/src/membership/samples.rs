//! What tests need of members.

use std::collections::{BTreeMap, BTreeSet};

use arsenal_core::{membership::Verdict, name::NodeName};
use tokio::time::Instant;

use super::{
    facts::{Electorate, Judgement, NodeCard, NodeFacts, ProcessCounts, Resources},
    member::{MemberState, PathState},
};

pub(crate) fn name(text: &str) -> NodeName {
    text.parse().unwrap()
}

pub(crate) fn names(text: &str) -> BTreeSet<NodeName> {
    text.split_whitespace().map(name).collect()
}

/// What a node says of itself that has just started.
pub(crate) fn facts(text: &str, electorate: Electorate) -> NodeFacts {
    NodeFacts {
        name: name(text),
        generation: 1,
        node: NodeCard {
            http_address: None,
            cluster_address: ([127, 0, 0, 1], 7000).into(),
            version: String::new(),
            os_process: None,
            started_at: String::new(),
            is_observer: false,
        },
        processes: ProcessCounts::default(),
        resources: Resources::default(),
        registered_names: 0,
        electorate,
        judgement: Judgement {
            verdict: Verdict::Whole,
            since: String::new(),
            split_at: None,
            holders: BTreeMap::new(),
        },
        unreachable: BTreeSet::new(),
        is_leaving: false,
    }
}

/// A member of which nothing is known.
pub(crate) fn stranger(now: Instant) -> MemberState {
    MemberState::never_met(1, now)
}

/// A member with a path since `now`, which has said this of itself.
pub(crate) fn reached(facts: NodeFacts, now: Instant) -> MemberState {
    let mut state = stranger(now);
    state.path = Some(PathState::new(now));
    state.status = arsenal_core::membership::NodeStatus::Up;
    state.told(facts, now);
    state
}
