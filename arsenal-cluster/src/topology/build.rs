//! Facts and members become the picture. Pure.

use std::collections::{BTreeMap, BTreeSet};

use arsenal_core::{membership::NodeStatus, name::NodeName};
use tokio::time::Instant;

use super::{Connection, NodeInfo, PartitionSide, RegistryInfo, Topology};
use crate::membership::{MemberState, NodeFacts};

/// The picture that a node has: its own facts and what it knows of the others. `time` writes an
/// instant as RFC 3339.
pub fn topology(
    own: &NodeFacts,
    others: &BTreeMap<NodeName, MemberState>,
    now: Instant,
    time: impl Fn(Instant) -> String,
) -> Topology {
    let mut nodes: Vec<NodeInfo> =
        others.iter().map(|(name, state)| other_info(name, state, now, &time)).collect();
    nodes.push(node_info(own));
    nodes.sort_by(|a, b| a.name.cmp(&b.name));
    let connections = connections(own, others);
    let partitions = partitions(&nodes, &connections);
    Topology { nodes, connections, partitions, updated_at: time(now) }
}

/// A node as it describes itself.
pub fn node_info(facts: &NodeFacts) -> NodeInfo {
    let mut members: Vec<NodeName> = facts.peers.iter().map(|peer| peer.name.clone()).collect();
    members.push(facts.name.clone());
    members.sort();
    NodeInfo {
        name: facts.name.clone(),
        generation: facts.generation,
        status: NodeStatus::Up,
        since: facts.started_at.clone(),
        http_address: facts.http_address,
        cluster_address: Some(facts.cluster_address),
        os_process: Some(facts.os_process),
        version: Some(facts.version.clone()),
        started_at: Some(facts.started_at.clone()),
        processes: Some(facts.processes.clone()),
        resources: Some(facts.resources.clone()),
        registry: Some(RegistryInfo { names: facts.registered_names, members }),
        facts_age_ms: Some(0),
    }
}

fn other_info(
    name: &NodeName,
    state: &MemberState,
    now: Instant,
    time: &impl Fn(Instant) -> String,
) -> NodeInfo {
    let status = state.status();
    let since = time(state.since);
    let Some((facts, heard_at)) = &state.facts else {
        return NodeInfo {
            name: name.clone(),
            generation: state.generation,
            status,
            since,
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
        facts_age_ms: Some(u64::try_from(age).unwrap_or(u64::MAX)),
        ..node_info(facts)
    }
}

/// Own paths as measured here; those between others as one of the two ends told.
fn connections(own: &NodeFacts, others: &BTreeMap<NodeName, MemberState>) -> Vec<Connection> {
    let told = others
        .values()
        .filter(|state| state.has_path)
        .filter_map(|state| state.facts.as_ref().map(|(facts, _)| facts));
    let mut seen: BTreeSet<(NodeName, NodeName)> = BTreeSet::new();
    let mut connections = Vec::new();
    for facts in std::iter::once(own).chain(told) {
        for peer in &facts.peers {
            let (from, to) = (facts.name.clone(), peer.name.clone());
            let pair =
                if from < to { (from.clone(), to.clone()) } else { (to.clone(), from.clone()) };
            // What this node measures itself stands against what another tells of the same path.
            let is_own_path = facts.name != own.name && peer.name == own.name;
            if is_own_path || !seen.insert(pair) {
                continue;
            }
            let round_trip = peer.round_trip_us.map(std::time::Duration::from_micros);
            connections.push(Connection {
                from,
                to,
                round_trip_ms: round_trip.map(|time| time.as_secs_f64() * 1_000.0),
                missed: peer.missed,
            });
        }
    }
    connections
}

/// Connected components of the members that are not down; none where there is only one.
fn partitions(nodes: &[NodeInfo], connections: &[Connection]) -> Vec<PartitionSide> {
    let alive = nodes.iter().filter(|node| node.status != NodeStatus::Down);
    let mut open: BTreeSet<&NodeName> = alive.map(|node| &node.name).collect();
    let mut sides = Vec::new();
    while let Some(first) = open.pop_first() {
        let mut side = BTreeSet::from([first]);
        let mut next = vec![first];
        while let Some(node) = next.pop() {
            for connection in connections {
                let other = match (connection.from == *node, connection.to == *node) {
                    (true, _) => &connection.to,
                    (_, true) => &connection.from,
                    (false, false) => continue,
                };
                if open.remove(other) {
                    side.insert(other);
                    next.push(other);
                }
            }
        }
        sides.push(PartitionSide { members: side.into_iter().cloned().collect() });
    }
    if sides.len() > 1 { sides } else { Vec::new() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn node(name: &str, status: NodeStatus) -> NodeInfo {
        let state = MemberState {
            generation: 1,
            address: None,
            has_path: false,
            missed: 0,
            round_trip: None,
            facts: None,
            since: Instant::now(),
        };
        let mut info =
            other_info(&name.parse().unwrap(), &state, Instant::now(), &|_| String::new());
        info.status = status;
        info
    }

    fn connection(from: &str, to: &str) -> Connection {
        Connection {
            from: from.parse().unwrap(),
            to: to.parse().unwrap(),
            round_trip_ms: None,
            missed: 0,
        }
    }

    #[tokio::test]
    async fn sides_are_the_groups_that_reach_each_other() {
        let up = |name| node(name, NodeStatus::Up);
        let nodes = [up("a"), up("b"), up("c"), node("d", NodeStatus::Down)];
        let whole = [connection("a", "b"), connection("c", "a")];
        assert!(partitions(&nodes, &whole).is_empty());
        let sides = partitions(&nodes, &[connection("b", "a")]);
        let text = |side: &PartitionSide| {
            side.members.iter().map(NodeName::as_str).collect::<Vec<_>>().join(" ")
        };
        assert_eq!(sides.iter().map(text).collect::<Vec<_>>(), ["a b", "c"]);
    }
}
