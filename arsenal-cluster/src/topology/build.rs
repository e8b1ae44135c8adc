//! Facts and members become the picture. Pure.

use std::collections::{BTreeMap, BTreeSet};

use arsenal_core::{membership::NodeStatus, name::NodeName};
use tokio::time::Instant;

use super::{Connection, NodeInfo, PartitionSide, RegistryInfo, Topology};
use crate::{
    membership::{MemberState, NodeFacts, Role},
    partitions::{Looks, looks, sides},
};

/// The picture that a node has: its own facts and what it knows of the others. `time` writes an
/// instant as RFC 3339.
pub fn topology(
    own: &NodeFacts,
    others: &BTreeMap<NodeName, MemberState>,
    now: Instant,
    time: impl Fn(Instant) -> String,
) -> Topology {
    let looks = looks(own, others);
    let pairs: Vec<(&NodeName, &NodeName)> = looks.connected().collect();
    let here = NodeInfo { registry: Some(registry(own, &looks)), ..node_info(own) };
    let mut nodes: Vec<NodeInfo> = others
        .iter()
        .map(|(name, state)| other_info(name, state, &looks, now, &time))
        .chain([here])
        .collect();
    nodes.sort_by(|a, b| a.name.cmp(&b.name));
    Topology {
        nodes,
        connections: connections(&pairs, own, others),
        partitions: partitions(&looks.alive, &pairs),
        updated_at: time(now),
    }
}

/// What a node knows of another one; none where it never heard of it.
pub(crate) fn known_node(
    name: &NodeName,
    own: &NodeFacts,
    others: &BTreeMap<NodeName, MemberState>,
    now: Instant,
    time: impl Fn(Instant) -> String,
) -> Option<NodeInfo> {
    Some(other_info(name, others.get(name)?, &looks(own, others), now, &time))
}

/// A node as it describes itself.
pub fn node_info(facts: &NodeFacts) -> NodeInfo {
    let is_voter = facts.electorate.voters.contains(&facts.name) && !facts.node.is_observer;
    NodeInfo {
        name: facts.name.clone(),
        generation: facts.generation,
        status: NodeStatus::Up,
        since: facts.node.started_at.clone(),
        reason: String::from("it answers"),
        role: Some(if is_voter { Role::Voter } else { Role::Observer }),
        http_address: facts.node.http_address,
        cluster_address: Some(facts.node.cluster_address),
        os_process: facts.node.os_process,
        version: Some(facts.node.version.clone()),
        started_at: Some(facts.node.started_at.clone()),
        processes: Some(facts.processes.clone()),
        resources: Some(facts.resources.clone()),
        registry: None,
        facts_age_ms: Some(0),
    }
}

fn other_info(
    name: &NodeName,
    state: &MemberState,
    looks: &Looks<'_>,
    now: Instant,
    time: &impl Fn(Instant) -> String,
) -> NodeInfo {
    let (status, since) = (state.status, time(state.since));
    let reason = state.reason().to_owned();
    let Some((facts, heard_at)) = &state.facts else {
        return NodeInfo {
            name: name.clone(),
            generation: state.generation,
            status,
            since,
            reason,
            role: None,
            http_address: None,
            cluster_address: state.address,
            os_process: None,
            version: None,
            started_at: None,
            processes: None,
            resources: None,
            registry: None,
            facts_age_ms: None,
        };
    };
    let age = now.saturating_duration_since(*heard_at).as_millis();
    NodeInfo {
        status,
        since,
        reason,
        registry: Some(registry(facts, looks)),
        facts_age_ms: Some(u64::try_from(age).unwrap_or(u64::MAX)),
        ..node_info(facts)
    }
}

/// Its part of the registry: it holds the names of those that it is connected with, too.
fn registry(facts: &NodeFacts, looks: &Looks<'_>) -> RegistryInfo {
    let mut members: Vec<NodeName> = looks.neighbours(&facts.name).cloned().collect();
    members.push(facts.name.clone());
    members.sort();
    RegistryInfo { names: facts.registered_names, members }
}

/// Each pair once; measured where this node is one of the two.
fn connections(
    pairs: &[(&NodeName, &NodeName)],
    own: &NodeFacts,
    others: &BTreeMap<NodeName, MemberState>,
) -> Vec<Connection> {
    let connection = |(one, other): &(&NodeName, &NodeName)| {
        let (from, to) = if **other == own.name { (*other, *one) } else { (*one, *other) };
        let is_own = *from == own.name;
        let path = is_own.then(|| others.get(to)).flatten().and_then(|state| state.path);
        let round_trip = path.and_then(|path| path.round_trip);
        Connection {
            from: from.clone(),
            to: to.clone(),
            round_trip_ms: round_trip.map(|time| time.as_secs_f64() * 1_000.0),
            missed: path.map(|path| path.missed),
        }
    };
    pairs.iter().map(connection).collect()
}

/// The groups of members that cannot reach each other; none where there is only one.
fn partitions(alive: &BTreeSet<NodeName>, pairs: &[(&NodeName, &NodeName)]) -> Vec<PartitionSide> {
    let sides = sides(alive, pairs);
    let side =
        |members: BTreeSet<NodeName>| PartitionSide { members: members.into_iter().collect() };
    if sides.len() > 1 { sides.into_iter().map(side).collect() } else { Vec::new() }
}

#[cfg(test)]
#[path = "build_tests.rs"]
mod tests;
