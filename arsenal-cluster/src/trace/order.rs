//! The events of all nodes in one order. Pure.
//!
//! Each node numbers its own events; between nodes there are only their clocks, which differ. But a message
//! that was received has been sent before. So the events of a node stay in the order of their numbers,
//! none that was received comes before it was sent, and only what that leaves open goes by the clocks.

use std::{
    cmp::Reverse,
    collections::{BTreeMap, BTreeSet, BinaryHeap, VecDeque},
};

use arsenal_core::name::NodeName;

use super::{TraceEvent, TraceKind};

/// The events in order.
pub fn order(events: Vec<TraceEvent>) -> Vec<TraceEvent> {
    let mut heads = Heads::of(&events);
    let mut ordered = Vec::with_capacity(events.len());
    let mut nodes: Vec<VecDeque<TraceEvent>> = by_node(events);
    for (node, events) in nodes.iter().enumerate() {
        heads.add(node, events.front());
    }
    while let Some(node) = heads.next() {
        let Some(events) = nodes.get_mut(node) else { continue };
        let event = events.pop_front();
        if let Some(span) = event.as_ref().and_then(sent_span) {
            heads.sent(span);
        }
        heads.add(node, events.front());
        ordered.extend(event);
    }
    ordered
}

fn by_node(events: Vec<TraceEvent>) -> Vec<VecDeque<TraceEvent>> {
    let mut nodes = BTreeMap::<NodeName, VecDeque<TraceEvent>>::new();
    for event in events {
        nodes.entry(event.node.clone()).or_default().push_back(event);
    }
    for events in nodes.values_mut() {
        events.make_contiguous().sort_by_key(|event| event.number);
    }
    nodes.into_values().collect()
}

/// The next event of each node. A node is its place among them.
struct Heads {
    /// Messages that will be sent.
    unsent: BTreeSet<u64>,
    /// The time and the node of those that nothing has to come before.
    free: BinaryHeap<Reverse<(u64, usize)>>,
    /// The same of those that receive such a message, and that message.
    waiting: Vec<(u64, usize, u64)>,
}

impl Heads {
    fn of(events: &[TraceEvent]) -> Self {
        let unsent = events.iter().filter_map(sent_span).collect();
        Self { unsent, free: BinaryHeap::new(), waiting: Vec::new() }
    }

    fn add(&mut self, node: usize, event: Option<&TraceEvent>) {
        let Some(event) = event else { return };
        match received_span(event).filter(|span| self.unsent.contains(span)) {
            Some(span) => self.waiting.push((event.at_us, node, span)),
            None => self.free.push(Reverse((event.at_us, node))),
        }
    }

    fn sent(&mut self, span: u64) {
        self.unsent.remove(&span);
        let freed = self.waiting.extract_if(.., |(_, _, waits_for)| *waits_for == span);
        self.free.extend(freed.map(|(at, node, _)| Reverse((at, node))));
    }

    /// Takes the earliest of those that are free. None is, but others wait, only where events contradict.
    fn next(&mut self) -> Option<usize> {
        if let Some(Reverse((_, node))) = self.free.pop() {
            return Some(node);
        }
        let (place, _) = self.waiting.iter().enumerate().min_by_key(|(_, head)| **head)?;
        Some(self.waiting.swap_remove(place).1)
    }
}

/// The message, of an event that sends it.
pub(super) fn sent_span(event: &TraceEvent) -> Option<u64> {
    span(event).filter(|_| event.kind == TraceKind::Sent)
}

/// The message, of an event that takes it from the mailbox.
pub(super) fn received_span(event: &TraceEvent) -> Option<u64> {
    span(event).filter(|_| event.kind == TraceKind::Received)
}

/// The message that an event is of, as a number.
pub(super) fn span(event: &TraceEvent) -> Option<u64> {
    number(event.span_id.as_deref())
}

/// The message that led to the one that an event is of.
pub(super) fn parent(event: &TraceEvent) -> Option<u64> {
    number(event.parent_span_id.as_deref())
}

fn number(span_id: Option<&str>) -> Option<u64> {
    u64::from_str_radix(span_id?, 16).ok()
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
