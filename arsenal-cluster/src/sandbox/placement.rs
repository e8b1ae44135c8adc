//! Which node runs how much of a sandbox. Pure.

use std::collections::BTreeMap;

use arsenal_core::name::NodeName;

use super::{ChildRequest, Count, ShareChild};

/// Spreads every child as evenly over the nodes as it goes; what does not divide goes to the nodes
/// that have the least so far, so many single children do not all land on the first node.
///
/// Every node is in the answer, also one with nothing to run. The numbers of the processes of one
/// blueprint run on over nodes and over children, so that names made of them are unique.
pub(super) fn spread(
    children: &[ChildRequest],
    nodes: &[NodeName],
) -> BTreeMap<NodeName, Vec<ShareChild>> {
    let mut plan: BTreeMap<NodeName, Vec<ShareChild>> =
        nodes.iter().map(|node| (node.clone(), Vec::new())).collect();
    let mut load: BTreeMap<&NodeName, u32> = nodes.iter().map(|node| (node, 0)).collect();
    let mut numbers: BTreeMap<&str, u32> = BTreeMap::new();
    let node_count = u32::try_from(load.len()).unwrap_or(u32::MAX).max(1);
    for child in children {
        let (each, more) = (child.count.get() / node_count, child.count.get() % node_count);
        let mut by_load: Vec<&NodeName> = load.keys().copied().collect();
        by_load.sort_by_key(|node| load.get(node).copied());
        let next = numbers.entry(&child.blueprint).or_default();
        for (index, node) in (0..).zip(by_load) {
            let Some(count) = Count::new(each + u32::from(index < more)) else { continue };
            let share = ShareChild {
                blueprint: child.blueprint.clone(),
                arguments: child.arguments.clone(),
                first: *next,
                count,
            };
            *next += count.get();
            *load.entry(node).or_default() += count.get();
            plan.entry(node.clone()).or_default().push(share);
        }
    }
    plan
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plan(children: &[(&str, u32)], nodes: &str) -> String {
        let children: Vec<ChildRequest> = children
            .iter()
            .map(|(blueprint, count)| {
                serde_json::from_value(
                    serde_json::json!({ "blueprint": blueprint, "count": count }),
                )
                .unwrap()
            })
            .collect();
        let nodes: Vec<NodeName> = nodes.split(' ').map(|name| name.parse().unwrap()).collect();
        let text = |shares: &[ShareChild]| {
            let one = |s: &ShareChild| format!("{}{}+{}", s.blueprint, s.first, s.count.get());
            shares.iter().map(one).collect::<Vec<_>>().join(" ")
        };
        let plan = spread(&children, &nodes);
        plan.iter()
            .map(|(node, shares)| format!("{node}: {}", text(shares)))
            .collect::<Vec<_>>()
            .join("; ")
    }

    #[test]
    fn children_are_spread_evenly_and_numbered_once() {
        assert_eq!(plan(&[("x", 7)], "a b c"), "a: x0+3; b: x3+2; c: x5+2");
        assert_eq!(
            plan(&[("x", 1), ("y", 1), ("x", 1), ("z", 1)], "a b c"),
            "a: x0+1 z0+1; b: y0+1; c: x1+1"
        );
        assert_eq!(plan(&[], "a b"), "a: ; b: ");
    }
}
