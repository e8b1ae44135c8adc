//! What is known of the messages of a trace. Pure.

use std::collections::{BTreeMap, BTreeSet};

use super::super::{
    TraceEvent, TraceKind,
    order::{parent, received_span, sent_span, span},
};

/// What is known of the messages.
pub(super) struct Spans<'a> {
    sent: BTreeSet<u64>,
    received: BTreeMap<u64, &'a TraceEvent>,
    /// Whose handlers have ended.
    over: BTreeSet<u64>,
}

impl<'a> Spans<'a> {
    pub(super) fn of(events: &'a [TraceEvent]) -> Self {
        let is_over = |event: &&TraceEvent| is_end(event.kind);
        let received = |event| Some((received_span(event)?, event));
        Self {
            sent: events.iter().filter_map(sent_span).collect(),
            received: events.iter().filter_map(received).collect(),
            over: events.iter().filter(is_over).filter_map(span).collect(),
        }
    }

    pub(super) fn has_both_ends(&self, span: u64) -> bool {
        self.sent.contains(&span) && self.received.contains_key(&span)
    }

    pub(super) fn is_over(&self, event: &TraceEvent) -> bool {
        span(event).is_some_and(|span| self.over.contains(&span))
    }

    /// Where the handler of the message took it, in the events of the same process.
    pub(super) fn beginning(&self, end: &TraceEvent) -> Option<&'a TraceEvent> {
        self.received_by_its_process(end, span(end)?)
    }

    /// Whether the handler that sent a message is known, and so has a slice. A session tells what an actor
    /// sends that it is not on where it is on the target.
    pub(super) fn is_within_handler(&self, sent: &TraceEvent) -> bool {
        parent(sent).is_some_and(|span| self.received_by_its_process(sent, span).is_some())
    }

    fn received_by_its_process(&self, event: &TraceEvent, span: u64) -> Option<&'a TraceEvent> {
        let received = self.received.get(&span).copied();
        received.filter(|received| received.node == event.node && received.pid == event.pid)
    }
}

fn is_end(kind: TraceKind) -> bool {
    matches!(kind, TraceKind::Handled | TraceKind::Failed)
}
