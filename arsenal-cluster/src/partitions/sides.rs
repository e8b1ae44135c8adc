//! The groups of nodes that reach each other, through others where they must. Pure.

use std::collections::{BTreeMap, BTreeSet};

use arsenal_core::name::NodeName;

/// The connected components of the nodes, each sorted, in the order of their first names.
pub(crate) fn sides(
    nodes: &BTreeSet<NodeName>,
    connected: &[(&NodeName, &NodeName)],
) -> Vec<BTreeSet<NodeName>> {
    let mut neighbours = BTreeMap::<&NodeName, Vec<&NodeName>>::new();
    for (one, other) in connected {
        neighbours.entry(one).or_default().push(other);
        neighbours.entry(other).or_default().push(one);
    }
    let mut open: BTreeSet<&NodeName> = nodes.iter().collect();
    let mut sides = Vec::new();
    while let Some(first) = open.pop_first() {
        let mut side = BTreeSet::from([first.clone()]);
        let mut next = vec![first];
        while let Some(node) = next.pop() {
            for neighbour in neighbours.remove(node).into_iter().flatten() {
                if open.remove(neighbour) {
                    side.insert(neighbour.clone());
                    next.push(neighbour);
                }
            }
        }
        sides.push(side);
    }
    sides
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The sides of `nodes`, where the pairs of `connected` reach each other.
    fn of(nodes: &str, connected: &[(&str, &str)]) -> Vec<String> {
        let name = |text: &str| text.parse::<NodeName>().unwrap();
        let pairs: Vec<(NodeName, NodeName)> =
            connected.iter().map(|(one, other)| (name(one), name(other))).collect();
        let pairs: Vec<(&NodeName, &NodeName)> =
            pairs.iter().map(|(one, other)| (one, other)).collect();
        let text = |side: &BTreeSet<NodeName>| {
            side.iter().map(NodeName::as_str).collect::<Vec<_>>().join(" ")
        };
        let nodes = nodes.split_whitespace().map(name).collect();
        sides(&nodes, &pairs).iter().map(text).collect()
    }

    #[test]
    fn sides_are_the_groups_that_reach_each_other() {
        assert_eq!(of("a b c", &[("a", "b"), ("c", "a")]), ["a b c"]);
        assert_eq!(of("a b c", &[("b", "a")]), ["a b", "c"]);
        assert_eq!(of("a b c", &[]), ["a", "b", "c"]);
        assert_eq!(of("a b c d", &[("a", "d"), ("b", "c")]), ["a d", "b c"]);
    }

    #[test]
    fn who_is_not_among_the_nodes_is_on_no_side() {
        assert_eq!(of("a b", &[("a", "z"), ("z", "b")]), ["a", "b"]);
    }
}
