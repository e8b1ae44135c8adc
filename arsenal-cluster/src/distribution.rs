//! Which node runs how many processes of which type. Pure.

use std::collections::BTreeMap;

use arsenal_core::{membership::NodeStatus, name::NodeName};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    membership::{ProcessCounts, Role},
    topology::{NodeInfo, Topology},
};

/// How the processes of a cluster are spread over its nodes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Distribution {
    /// Every member, those too that run nothing or are gone.
    pub nodes: Vec<NodeLoad>,
    /// Every type that was told, the most frequent first.
    pub types: Vec<TypeSpread>,
    /// The processes of all nodes that answer.
    pub total: usize,
    /// The most that one node runs, over the mean of the nodes that answer: 1 where all run the same.
    /// Absent where nothing runs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub skew: Option<f64>,
    /// When this picture was taken (RFC 3339).
    pub updated_at: String,
}

/// What one node runs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct NodeLoad {
    /// The node.
    pub node: NodeName,
    /// Its status, as the node that was asked sees it. Only one that answers (`up`, `suspect`) counts
    /// in totals, shares and skew.
    pub status: NodeStatus,
    /// Whether its vote counts. An observer runs processes like any other node.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<Role>,
    /// How many processes it runs, of which types; absent where it does not answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub processes: Option<ProcessCounts>,
    /// Its part of all processes, from 0 to 1; absent where it does not answer or nothing runs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub share: Option<f64>,
    /// How old its counts are, in ms.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub facts_age_ms: Option<u64>,
}

/// How the processes of one type are spread.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct TypeSpread {
    /// The type.
    #[serde(rename = "type")]
    pub kind: String,
    /// How many there are. A node tells at most 50 types, so that rare ones may be missing.
    pub total: usize,
    /// How many on each node that answers; zero where a node tells none.
    pub nodes: BTreeMap<NodeName, usize>,
    /// The most on one node, over the mean of the nodes that answer.
    pub skew: f64,
}

/// The distribution in a picture of the cluster.
pub(crate) fn distribution(topology: Topology) -> Distribution {
    let counted: BTreeMap<NodeName, ProcessCounts> = topology
        .nodes
        .iter()
        .filter(|node| node.status.is_callable())
        .filter_map(|node| Some((node.name.clone(), node.processes.clone()?)))
        .collect();
    let loads: Vec<usize> = counted.values().map(|counts| counts.total).collect();
    let total = loads.iter().sum();
    Distribution {
        nodes: topology.nodes.into_iter().map(|node| load(node, &counted, total)).collect(),
        types: types(&counted),
        total,
        skew: skew(&loads),
        updated_at: topology.updated_at,
    }
}

fn load(node: NodeInfo, counted: &BTreeMap<NodeName, ProcessCounts>, total: usize) -> NodeLoad {
    let processes = counted.get(&node.name).cloned();
    let share = processes.as_ref().and_then(|counts| ratio(counts.total, total));
    NodeLoad {
        status: node.status,
        role: node.role,
        share,
        facts_age_ms: node.facts_age_ms.filter(|_| processes.is_some()),
        processes,
        node: node.name,
    }
}

fn types(counted: &BTreeMap<NodeName, ProcessCounts>) -> Vec<TypeSpread> {
    let nothing: BTreeMap<NodeName, usize> = counted.keys().map(|node| (node.clone(), 0)).collect();
    let mut by_type = BTreeMap::<&String, BTreeMap<NodeName, usize>>::new();
    for (node, counts) in counted {
        for (kind, count) in counts.by_type.iter().flatten() {
            by_type.entry(kind).or_insert_with(|| nothing.clone()).insert(node.clone(), *count);
        }
    }
    let spread = |(kind, nodes): (&String, BTreeMap<NodeName, usize>)| {
        let counts: Vec<usize> = nodes.values().copied().collect();
        let total = counts.iter().sum();
        Some(TypeSpread { kind: kind.clone(), total, skew: skew(&counts)?, nodes })
    };
    let mut types: Vec<TypeSpread> = by_type.into_iter().filter_map(spread).collect();
    types.sort_by(|one, other| (other.total, &one.kind).cmp(&(one.total, &other.kind)));
    types
}

/// The largest over the mean; none where all are zero.
fn skew(counts: &[usize]) -> Option<f64> {
    let (largest, total) = (counts.iter().max()?, counts.iter().sum::<usize>());
    ratio(largest.saturating_mul(counts.len()), total)
}

#[expect(clippy::cast_precision_loss, reason = "counts of processes are far below 2^52")]
fn ratio(part: usize, whole: usize) -> Option<f64> {
    (whole > 0).then(|| part as f64 / whole as f64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        membership::{
            Electorate, NodeFacts,
            samples::{facts, name, names, reached, stranger},
        },
        topology::topology,
    };
    use tokio::time::Instant;

    /// A node that runs so many counters and one process of no type.
    fn runs(node: &str, counters: usize) -> NodeFacts {
        let by_type = Some([(String::from("Counter"), counters)].into());
        let processes = ProcessCounts { total: counters + 1, started_by_arsenal: 0, by_type };
        let electorate = Electorate::new(1, names("a b"));
        NodeFacts { processes, ..facts(node, electorate) }
    }

    #[test]
    fn shares_and_skew_are_those_of_the_nodes_that_answer() {
        let now = Instant::now();
        let mut gone = stranger(now);
        gone.facts = Some((runs("c", 50), now));
        let others = [
            (name("b"), reached(runs("b", 5), now)),
            (name("c"), gone),
            (name("d"), stranger(now)),
        ];
        let picture = topology(&runs("a", 1), &others.into(), now, |_| String::new());
        let shown = distribution(picture);
        assert_eq!((shown.total, shown.skew), (8, Some(1.5)), "6 of 8, over a mean of 4");
        let shares: Vec<(&str, Option<f64>)> =
            shown.nodes.iter().map(|node| (node.node.as_str(), node.share)).collect();
        assert_eq!(shares, [("a", Some(0.25)), ("b", Some(0.75)), ("c", None), ("d", None)]);
        assert_eq!(shown.nodes[2].status, NodeStatus::Down);
        assert_eq!(shown.nodes[2].role, Some(Role::Observer));
        let counters = &shown.types[0];
        assert_eq!((counters.kind.as_str(), counters.total), ("Counter", 6));
        assert_eq!(counters.nodes, [(name("a"), 1), (name("b"), 5)].into());
        assert!((counters.skew - 5.0 / 3.0).abs() < 1e-9);
    }
}
