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
    /// The processes of all nodes that answer. Arsenal's own count here, in shares, in skew and among the
    /// types only where they are asked for.
    pub total: usize,
    /// The most that one node runs, over the mean of the nodes that answer: 1 where all run the same.
    /// Absent where nothing runs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub skew: Option<f64>,
    /// The busiest node over the mean of those that tell how busy they are: 1 where all are as busy. Absent
    /// where none is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub busy_skew: Option<f64>,
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
    /// How many processes it runs, of which types, and how busy they keep its threads; Arsenal's own count
    /// only where they are asked for. Absent where it does not answer.
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
    /// For how much of the time lately they kept threads busy, on each node that tells it: 1 is one thread
    /// all the time.
    pub busy: BTreeMap<NodeName, f64>,
    /// The busiest of these over their mean; absent where none is busy.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub busy_skew: Option<f64>,
}

/// The distribution in a picture of the cluster.
pub(crate) fn distribution(topology: Topology, include_internal: bool) -> Distribution {
    let counts = |counts: ProcessCounts| if include_internal { counts } else { of_users(counts) };
    let counted: BTreeMap<NodeName, ProcessCounts> = topology
        .nodes
        .iter()
        .filter(|node| node.status.is_callable())
        .filter_map(|node| Some((node.name.clone(), counts(node.processes.clone()?))))
        .collect();
    let total = counted.values().map(|counts| counts.total).sum();
    Distribution {
        nodes: topology.nodes.into_iter().map(|node| load(node, &counted, total)).collect(),
        types: types(&counted),
        total,
        skew: skew(counted.values().map(|counts| as_f64(counts.total))),
        busy_skew: skew(counted.values().filter_map(|counts| counts.busy_share)),
        updated_at: topology.updated_at,
    }
}

/// What is not Arsenal's own.
fn of_users(mut counts: ProcessCounts) -> ProcessCounts {
    counts.total = counts.total.saturating_sub(counts.internal);
    let started: usize = counts.internal_by_type.values().sum();
    counts.started_by_arsenal = counts.started_by_arsenal.saturating_sub(started);
    for (kind, internal) in &counts.internal_by_type {
        let types = counts.by_type.as_mut();
        let Some(count) = types.and_then(|types| types.get_mut(kind)) else { continue };
        *count = count.saturating_sub(*internal);
    }
    if let Some(types) = &mut counts.by_type {
        types.retain(|_, count| *count > 0);
    }
    counts
}

fn load(node: NodeInfo, counted: &BTreeMap<NodeName, ProcessCounts>, total: usize) -> NodeLoad {
    let counts = counted.get(&node.name);
    NodeLoad {
        status: node.status,
        role: node.role,
        share: counts.and_then(|counts| ratio(counts.total, total)),
        facts_age_ms: node.facts_age_ms.filter(|_| counts.is_some()),
        processes: counts.cloned(),
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
        let busy = busy(kind, counted);
        Some(TypeSpread {
            kind: kind.clone(),
            total: nodes.values().sum(),
            skew: skew(nodes.values().map(|count| as_f64(*count)))?,
            busy_skew: skew(busy.values().copied()),
            nodes,
            busy,
        })
    };
    let mut types: Vec<TypeSpread> = by_type.into_iter().filter_map(spread).collect();
    types.sort_by(|one, other| (other.total, &one.kind).cmp(&(one.total, &other.kind)));
    types
}

/// How busy processes of a type are, on the nodes that tell how busy theirs are.
fn busy(kind: &str, counted: &BTreeMap<NodeName, ProcessCounts>) -> BTreeMap<NodeName, f64> {
    let telling = counted.iter().filter(|(_, counts)| counts.busy_share.is_some());
    let share = |counts: &ProcessCounts| counts.busy_by_type.get(kind).copied().unwrap_or_default();
    telling.map(|(node, counts)| (node.clone(), share(counts))).collect()
}

/// The largest over the mean; none where all are zero.
fn skew(loads: impl Iterator<Item = f64> + Clone) -> Option<f64> {
    let largest = loads.clone().reduce(f64::max)?;
    let (count, total) = (loads.clone().count(), loads.sum::<f64>());
    (total > 0.0).then(|| largest * as_f64(count) / total)
}

fn ratio(part: usize, whole: usize) -> Option<f64> {
    (whole > 0).then(|| as_f64(part) / as_f64(whole))
}

#[expect(clippy::cast_precision_loss, reason = "counts of processes are far below 2^52")]
fn as_f64(count: usize) -> f64 {
    count as f64
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

    /// A node that runs so many counters, one process of no type, and three of its own.
    fn runs(node: &str, counters: usize) -> NodeFacts {
        let root = (String::from("Root"), 1);
        let by_type = Some([(String::from("Counter"), counters), root.clone()].into());
        let processes = ProcessCounts {
            total: counters + 4,
            started_by_arsenal: counters + 1,
            internal: 3,
            by_type,
            internal_by_type: [root].into(),
            ..ProcessCounts::default()
        };
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
        let shown = distribution(picture.clone(), false);
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
        assert_eq!(shown.types.len(), 1, "nothing of the nodes' own");
        let whole = distribution(picture, true);
        assert_eq!((whole.total, whole.types.len()), (14, 2));
        assert!(whole.skew < shown.skew, "what all have alike hides who has more");
        let counts = |shown: &Distribution| {
            let counts = shown.nodes[0].processes.clone().unwrap();
            (counts.total, counts.started_by_arsenal)
        };
        assert_eq!((counts(&whole), counts(&shown)), ((5, 2), (2, 1)), "as in shares and types");
    }

    /// A node of which counters kept one thread busy for this part of the time.
    fn busies(node: &str, share: f64) -> NodeFacts {
        let mut facts = runs(node, 1);
        facts.processes.busy_share = Some(share * 2.0);
        facts.processes.busy_by_type = [(String::from("Counter"), share)].into();
        facts
    }

    #[test]
    fn how_busy_types_are_is_told_of_the_nodes_that_say_it() {
        let now = Instant::now();
        let others =
            [(name("b"), reached(busies("b", 0.6), now)), (name("c"), reached(runs("c", 9), now))];
        let picture = topology(&busies("a", 0.2), &others.into(), now, |_| String::new());
        let shown = distribution(picture, false);
        let counters = &shown.types[0];
        assert_eq!(counters.busy, [(name("a"), 0.2), (name("b"), 0.6)].into());
        for skew in [shown.busy_skew, counters.busy_skew] {
            assert!((skew.unwrap() - 1.5).abs() < 1e-9, "0.6 over a mean of 0.4: {skew:?}");
        }
        let idle = topology(&busies("a", 0.0), &BTreeMap::new(), now, |_| String::new());
        assert_eq!(distribution(idle, false).busy_skew, None);
    }
}
