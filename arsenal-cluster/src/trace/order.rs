//! The events of all nodes in one order. Pure.
//!
//! Each node numbers its own events; between nodes there are only their clocks, which differ. But a message
//! that was received has been sent before. So the events of a node stay in the order of their numbers,
//! none that was received comes before it was sent, and only what that leaves open goes by the clocks.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use arsenal_core::name::NodeName;

use super::{TraceEvent, TraceKind};

/// The events in order.
pub fn order(events: Vec<TraceEvent>) -> Vec<TraceEvent> {
    let mut unsent: BTreeSet<String> =
        events.iter().filter_map(sent_span).map(str::to_owned).collect();
    let mut ordered = Vec::with_capacity(events.len());
    let mut nodes = by_node(events);
    loop {
        let heads = nodes.iter().filter_map(|(node, events)| Some((node, events.front()?)));
        let is_free =
            |event: &TraceEvent| !received_span(event).is_some_and(|span| unsent.contains(span));
        // Whatever is free goes before what is not; nothing is free only where events contradict.
        let next = heads.min_by_key(|(_, event)| (!is_free(event), event.at_us));
        let Some(node) = next.map(|(node, _)| node.clone()) else { return ordered };
        if let Some(event) = nodes.get_mut(&node).and_then(VecDeque::pop_front) {
            if let Some(span) = sent_span(&event) {
                unsent.remove(span);
            }
            ordered.push(event);
        }
    }
}

fn by_node(events: Vec<TraceEvent>) -> BTreeMap<NodeName, VecDeque<TraceEvent>> {
    let mut nodes = BTreeMap::<NodeName, VecDeque<TraceEvent>>::new();
    for event in events {
        nodes.entry(event.node.clone()).or_default().push_back(event);
    }
    for events in nodes.values_mut() {
        events.make_contiguous().sort_by_key(|event| event.number);
    }
    nodes
}

/// The message, of an event that sends it.
pub(super) fn sent_span(event: &TraceEvent) -> Option<&str> {
    event.span_id.as_deref().filter(|_| event.kind == TraceKind::Sent)
}

/// The message, of an event that takes it from the mailbox.
pub(super) fn received_span(event: &TraceEvent) -> Option<&str> {
    event.span_id.as_deref().filter(|_| event.kind == TraceKind::Received)
}

#[cfg(test)]
mod tests {
    use super::{super::samples::event, *};

    fn ordered(events: &[(&str, u64, u64, TraceKind, &str)]) -> Vec<String> {
        let events = events
            .iter()
            .map(|(node, number, at_us, kind, span)| event(node, *number, *at_us, *kind, span));
        let text = |event: TraceEvent| format!("{}{}", event.node, event.number);
        order(events.collect()).into_iter().map(text).collect()
    }

    use TraceKind::{Handled, Received, Sent};

    #[test]
    fn nothing_is_received_before_it_was_sent_whatever_the_clocks_say() {
        // The clock of b is 10 ms behind that of a, and c's is 10 ms behind that of b.
        let events = [
            ("c", 1, 1_000, Received, "2"),
            ("c", 2, 1_100, Handled, "2"),
            ("b", 1, 10_500, Received, "1"),
            ("b", 2, 10_600, Sent, "2"),
            ("b", 3, 10_700, Handled, "1"),
            ("a", 1, 20_000, Sent, "1"),
        ];
        assert_eq!(ordered(&events), ["a1", "b1", "b2", "c1", "c2", "b3"]);
    }

    #[test]
    fn clocks_decide_what_else_is_open() {
        let events = [
            ("b", 1, 5, Sent, "9"),
            ("a", 2, 6, Handled, "1"),
            ("a", 1, 4, Received, "1"),
            // What was sent elsewhere is not known, so nothing has to come before it.
            ("c", 1, 1, Received, "7"),
        ];
        assert_eq!(ordered(&events), ["c1", "a1", "b1", "a2"]);
        assert!(ordered(&[]).is_empty());
    }

    #[test]
    fn numbers_hold_where_a_clock_goes_back_and_contradictions_end() {
        let back = [("a", 1, 9, Received, "1"), ("a", 2, 3, Handled, "1"), ("b", 1, 5, Sent, "2")];
        assert_eq!(ordered(&back), ["b1", "a1", "a2"]);
        let crossed = [
            ("a", 1, 1, Received, "1"),
            ("a", 2, 2, Sent, "2"),
            ("b", 1, 3, Received, "2"),
            ("b", 2, 4, Sent, "1"),
        ];
        assert_eq!(ordered(&crossed), ["a1", "a2", "b1", "b2"]);
    }
}
