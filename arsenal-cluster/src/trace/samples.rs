//! Values for tests.

use super::{EVENTS_DEFAULT, TraceEvent, TraceKind, TracePlan, Traced};

/// A plan without limits of its own.
pub(super) fn plan(on: Traced) -> TracePlan {
    TracePlan {
        id: "00f067aa0ba902b7".parse().unwrap(),
        on,
        duration_ms: 10_000,
        max_events: EVENTS_DEFAULT,
        sampling: 1.0,
        messages: Vec::new(),
        payloads: false,
    }
}

/// All actors of a type.
pub(super) fn of_type(pattern: &str) -> Traced {
    Traced::Type(pattern.parse().unwrap())
}

/// An event of a message.
pub(super) fn event(
    node: &str,
    number: u64,
    at_us: u64,
    kind: TraceKind,
    span: &str,
) -> TraceEvent {
    TraceEvent {
        node: node.parse().unwrap(),
        number,
        at: String::new(),
        at_us,
        kind,
        pid: None,
        actor_type: None,
        to: None,
        message: Some(String::from("add")),
        trace_id: None,
        span_id: Some(span.to_owned()),
        parent_span_id: None,
        waited_us: None,
        duration_us: None,
        error: None,
        payload: None,
    }
}
