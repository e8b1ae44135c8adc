//! What a node shows of a large cluster.

use std::iter::once;

use super::*;
use crate::membership::{
    Electorate,
    samples::{facts, name, reached},
};

/// As many as a node remembers.
const OTHERS: usize = 1_000;

#[test]
fn a_thousand_members_on_two_sides_are_shown() {
    let now = Instant::now();
    let called = |number: usize| format!("n{number:04}");
    let all: Vec<String> = (0..OTHERS).map(called).collect();
    let (near, far) = all.split_at(OTHERS / 2);
    let far: BTreeSet<NodeName> = far.iter().map(|far| name(far)).collect();
    let other = |text: &String| {
        let unreachable = if far.contains(&name(text)) { BTreeSet::new() } else { far.clone() };
        let told = NodeFacts { unreachable, ..facts(text, Electorate::default()) };
        let mut state = reached(told, now);
        if far.contains(&name(text)) {
            state.path = None;
            state.status = NodeStatus::Partitioned;
        }
        (name(text), state)
    };
    let others: BTreeMap<NodeName, MemberState> = all.iter().map(other).collect();
    let own = facts("a", Electorate::default());

    let shown = topology(&own, &others, now, |_| String::new());
    let sides: Vec<Vec<NodeName>> = shown.partitions.into_iter().map(|side| side.members).collect();
    let here: Vec<NodeName> = once("a").chain(near.iter().map(String::as_str)).map(name).collect();
    let there: Vec<NodeName> = far.into_iter().collect();
    assert!(sides == [here.clone(), there.clone()], "those that reach each other");
    let pairs = |nodes: usize| nodes * (nodes - 1) / 2;
    assert_eq!(shown.connections.len(), pairs(here.len()) + pairs(there.len()));
    let with = |node: &NodeInfo| node.registry.as_ref().map(|registry| registry.members.clone());
    assert!(with(&shown.nodes[0]) == Some(here) && with(&shown.nodes[OTHERS]) == Some(there));
}
