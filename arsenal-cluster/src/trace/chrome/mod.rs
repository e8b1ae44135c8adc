//! A trace as a file that `chrome://tracing` and <https://ui.perfetto.dev> open. Pure.
//!
//! Processes of the file are nodes, threads are actors, slices are handlers, and arrows are messages.

mod axis;
mod model;
mod spans;
#[cfg(test)]
mod tests;

use axis::Axis;
pub use model::{ChromeEvent, ChromeMetadata, ChromeTrace};
use spans::Spans;

use super::{TraceEvent, TraceKind, order::span};

/// Events as such a file. An arrow has both ends, and each lies in a slice.
pub fn chrome(events: &[TraceEvent]) -> ChromeTrace {
    let (axis, spans) = (Axis::of(events), Spans::of(events));
    let mut trace_events = axis.names(events);
    for event in events {
        let has_arrow = span(event).is_some_and(|span| spans.has_both_ends(span));
        match event.kind {
            TraceKind::Sent => {
                trace_events.extend((!spans.is_within_handler(event)).then(|| axis.point(event)));
                trace_events.extend(has_arrow.then(|| axis.arrow(event, "s")));
            }
            TraceKind::Received => {
                trace_events.extend((!spans.is_over(event)).then(|| axis.unfinished(event)));
                trace_events.extend(has_arrow.then(|| axis.arrow(event, "f")));
            }
            TraceKind::Handled | TraceKind::Failed => {
                trace_events.push(axis.handler(event, spans.beginning(event)));
            }
            TraceKind::Replied | TraceKind::Spawned | TraceKind::Stopped => {
                trace_events.push(axis.moment(event));
            }
        }
    }
    ChromeTrace { trace_events, display_time_unit: String::from("ms"), metadata: None }
}
