//! By how much the clocks of nodes must differ, to show events of all on one axis of time. Pure.

use std::collections::{BTreeMap, BTreeSet};

use arsenal_core::name::NodeName;

use super::{
    TraceEvent,
    order::{received_span, sent_span},
};

/// By how many µs the times of each node must be moved on at least, so that no message is received before
/// it was sent. Nodes that need not be moved are absent.
pub(super) fn shifts(events: &[TraceEvent]) -> BTreeMap<NodeName, u64> {
    let sent: BTreeMap<u64, &TraceEvent> =
        events.iter().filter_map(|event| Some((sent_span(event)?, event))).collect();
    let mut lag = BTreeMap::<(&NodeName, &NodeName), i128>::new();
    for event in events {
        let Some(sent) = received_span(event).and_then(|span| sent.get(&span)) else { continue };
        if sent.node != event.node {
            let behind = i128::from(sent.at_us) - i128::from(event.at_us);
            let most = lag.entry((&sent.node, &event.node)).or_insert(behind);
            *most = behind.max(*most);
        }
    }
    let mut shifts = BTreeMap::<&NodeName, i128>::new();
    // A chain of messages passes each node once; more rounds would follow contradictions in circles.
    let nodes = lag.keys().flat_map(|(from, to)| [*from, *to]).collect::<BTreeSet<_>>();
    for _ in &nodes {
        for ((from, to), behind) in &lag {
            let least = shifts.get(from).copied().unwrap_or_default() + behind;
            let shift = shifts.entry(to).or_default();
            *shift = least.max(*shift);
        }
    }
    let moved = shifts.into_iter().filter_map(|(node, shift)| {
        Some((node.clone(), u64::try_from(shift).ok().filter(|shift| *shift > 0)?))
    });
    moved.collect()
}

#[cfg(test)]
mod tests {
    use super::{
        super::{TraceKind, samples::event},
        *,
    };

    #[test]
    fn clocks_that_are_behind_are_moved_on_along_the_messages() {
        let events = [
            event("a", 1, 20_000, TraceKind::Sent, "1"),
            event("b", 1, 10_500, TraceKind::Received, "1"),
            event("b", 2, 10_600, TraceKind::Sent, "2"),
            event("c", 1, 1_000, TraceKind::Received, "2"),
            event("c", 2, 1_001, TraceKind::Sent, "3"),
            event("a", 2, 30_000, TraceKind::Received, "3"),
        ];
        let shifts = shifts(&events);
        let of = |node: &str| shifts.get(&node.parse::<NodeName>().unwrap()).copied();
        assert_eq!((of("a"), of("b"), of("c")), (None, Some(9_500), Some(19_100)));
    }
}
