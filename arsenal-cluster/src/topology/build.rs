//! Facts and members become the picture. Pure.

use std::collections::{BTreeMap, BTreeSet};

use arsenal_core::{membership::NodeStatus, name::NodeName};
use tokio::time::Instant;

use super::{Connection, NodeInfo, PartitionSide, RegistryInfo, Topology};
use crate::membership::{MemberState, NodeFacts, Role};

/// The picture that a node has: its own facts and what it knows of the others. `time` writes an
/// instant as RFC 3339.
pub fn topology(
    own: &NodeFacts,
    others: &BTreeMap<NodeName, MemberState>,
    now: Instant,
    time: impl Fn(Instant) -> String,
) -> Topology {
    let reach = Reach::of(own, others);
    let here = NodeInfo { registry: Some(reach.registry(own)), ..node_info(own) };
    let mut nodes: Vec<NodeInfo> = others
        .iter()
        .map(|(name, state)| other_info(name, state, &reach, now, &time))
        .chain([here])
        .collect();
    nodes.sort_by(|a, b| a.name.cmp(&b.name));
    let connections = reach.connections(own, others);
    let partitions = partitions(&nodes, &connections);
    Topology { nodes, connections, partitions, updated_at: time(now) }
}

/// A node as it describes itself.
pub fn node_info(facts: &NodeFacts) -> NodeInfo {
    let is_voter = facts.electorate.voters.contains(&facts.name) && !facts.node.is_observer;
    NodeInfo {
        name: facts.name.clone(),
        generation: facts.generation,
        status: NodeStatus::Up,
        since: facts.node.started_at.clone(),
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
    reach: &Reach,
    now: Instant,
    time: &impl Fn(Instant) -> String,
) -> NodeInfo {
    let (status, since) = (state.status, time(state.since));
    let Some((facts, heard_at)) = &state.facts else {
        return NodeInfo {
            name: name.clone(),
            generation: state.generation,
            status,
            since,
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
        registry: Some(reach.registry(facts)),
        facts_age_ms: Some(u64::try_from(age).unwrap_or(u64::MAX)),
        ..node_info(facts)
    }
}

/// Who reaches whom: own paths as they are here; the others' as they tell whom they do not reach.
struct Reach {
    /// Pairs of names, the lower one first.
    pairs: BTreeSet<(NodeName, NodeName)>,
}

impl Reach {
    fn of(own: &NodeFacts, others: &BTreeMap<NodeName, MemberState>) -> Self {
        let alive: Vec<(&NodeName, &MemberState)> = others
            .iter()
            .filter(|(_, state)| state.path.is_some() || state.status == NodeStatus::Partitioned)
            .collect();
        let lacks = |from: &MemberState, to: &NodeName| {
            from.facts.as_ref().is_none_or(|(facts, _)| facts.unreachable.contains(to))
        };
        let mut pairs = BTreeSet::new();
        for (index, (name, state)) in alive.iter().enumerate() {
            if state.path.is_some() {
                pairs.insert(pair(&own.name, name));
            }
            for (other_name, other) in alive.iter().skip(index + 1) {
                if !lacks(state, other_name) && !lacks(other, name) {
                    pairs.insert(pair(name, other_name));
                }
            }
        }
        Self { pairs }
    }

    fn registry(&self, facts: &NodeFacts) -> RegistryInfo {
        let with = |(one, other): &(NodeName, NodeName)| match (
            *one == facts.name,
            *other == facts.name,
        ) {
            (true, _) => Some(other.clone()),
            (_, true) => Some(one.clone()),
            (false, false) => None,
        };
        let mut members: Vec<NodeName> = self.pairs.iter().filter_map(with).collect();
        members.push(facts.name.clone());
        members.sort();
        RegistryInfo { names: facts.registered_names, members }
    }

    /// Each pair once; measured where this node is one of the two.
    fn connections(
        &self,
        own: &NodeFacts,
        others: &BTreeMap<NodeName, MemberState>,
    ) -> Vec<Connection> {
        let connection = |(one, other): &(NodeName, NodeName)| {
            let (from, to) = if *other == own.name { (other, one) } else { (one, other) };
            let path = others.get(to).and_then(|state| state.path).filter(|_| *from == own.name);
            let round_trip = path.and_then(|path| path.round_trip);
            Connection {
                from: from.clone(),
                to: to.clone(),
                round_trip_ms: round_trip.map(|time| time.as_secs_f64() * 1_000.0),
                missed: path.map(|path| path.missed),
            }
        };
        self.pairs.iter().map(connection).collect()
    }
}

fn pair(one: &NodeName, other: &NodeName) -> (NodeName, NodeName) {
    let (lower, higher) = if one < other { (one, other) } else { (other, one) };
    (lower.clone(), higher.clone())
}

/// Connected components of the members that are not down; none where there is only one.
fn partitions(nodes: &[NodeInfo], connections: &[Connection]) -> Vec<PartitionSide> {
    let is_gone = |status| matches!(status, NodeStatus::Down | NodeStatus::Left);
    let alive = nodes.iter().filter(|node| !is_gone(node.status));
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
        NodeInfo {
            name: name.parse().unwrap(),
            generation: 1,
            status,
            since: String::new(),
            role: None,
            http_address: None,
            cluster_address: None,
            os_process: None,
            version: None,
            started_at: None,
            processes: None,
            resources: None,
            registry: None,
            facts_age_ms: None,
        }
    }

    fn connection(from: &str, to: &str) -> Connection {
        let (from, to) = (from.parse().unwrap(), to.parse().unwrap());
        Connection { from, to, round_trip_ms: None, missed: None }
    }

    #[test]
    fn sides_are_the_groups_that_reach_each_other() {
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
