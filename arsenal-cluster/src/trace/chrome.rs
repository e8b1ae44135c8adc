//! A trace as a file that `chrome://tracing` and <https://ui.perfetto.dev> open. Pure.
//!
//! Processes of the file are nodes, threads are actors, slices are handlers, and arrows are messages.

use std::collections::{BTreeMap, BTreeSet};

use arsenal_core::name::NodeName;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::{
    TraceEvent, TraceKind,
    order::{received_span, sent_span},
    skew::shifts,
};

/// The thread of what was sent by nobody that is known.
const OUTSIDE: u64 = 0;

/// A trace in the Trace Event Format.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ChromeTrace {
    /// What is shown.
    pub trace_events: Vec<ChromeEvent>,
    /// The unit that times are shown in.
    pub display_time_unit: String,
}

/// One event in the Trace Event Format.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ChromeEvent {
    /// What it is called.
    pub name: String,
    /// What it is: `X` a handler, `s` and `f` the ends of a message's arrow, `i` a moment, `M` a name.
    pub ph: String,
    /// What kind of thing it is.
    pub cat: String,
    /// The node, by a number.
    pub pid: u64,
    /// The process, by its local number.
    pub tid: u64,
    /// When, in µs; moved on where the clock of a node is behind, so that arrows do not go back.
    pub ts: u64,
    /// For how long, in µs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dur: Option<u64>,
    /// The message that an arrow stands for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Where an arrow ends: `e`, in the slice around it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bp: Option<String>,
    /// How far a moment is drawn: `t`, over its thread.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub s: Option<String>,
    /// What else is known.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub args: Map<String, Value>,
}

/// Events as such a file.
pub fn chrome(events: &[TraceEvent]) -> ChromeTrace {
    let axis = Axis::of(events);
    let received: BTreeSet<&str> = events.iter().filter_map(received_span).collect();
    let mut trace_events = axis.names(events);
    for event in events {
        match event.kind {
            TraceKind::Sent => {
                if event.pid.is_none() {
                    trace_events.push(axis.slice(event, 1));
                }
                if sent_span(event).is_some_and(|span| received.contains(span)) {
                    trace_events.push(axis.arrow(event, "s"));
                }
            }
            TraceKind::Received => trace_events.push(axis.arrow(event, "f")),
            TraceKind::Handled | TraceKind::Failed => {
                trace_events.push(axis.slice(event, event.duration_us.unwrap_or_default()));
            }
            TraceKind::Replied | TraceKind::Spawned | TraceKind::Stopped => {
                trace_events.push(axis.moment(event));
            }
        }
    }
    ChromeTrace { trace_events, display_time_unit: String::from("ms") }
}

/// Where everything is drawn.
struct Axis<'a> {
    nodes: BTreeMap<&'a NodeName, u64>,
    shifts: BTreeMap<NodeName, u64>,
}

impl<'a> Axis<'a> {
    fn of(events: &'a [TraceEvent]) -> Self {
        let names: BTreeSet<&NodeName> = events.iter().map(|event| &event.node).collect();
        Self { nodes: names.into_iter().zip(1..).collect(), shifts: shifts(events) }
    }

    /// The names of nodes and actors.
    fn names(&self, events: &[TraceEvent]) -> Vec<ChromeEvent> {
        let name = |kind: &str, pid, tid, name: String| ChromeEvent {
            args: Map::from_iter([(String::from("name"), json!(name))]),
            ..plain(kind, "M", pid, tid, 0)
        };
        let nodes = self.nodes.iter();
        let nodes = nodes.map(|(node, pid)| name("process_name", *pid, OUTSIDE, node.to_string()));
        let mut threads = BTreeMap::new();
        for event in events {
            let text = match (&event.actor_type, &event.pid) {
                (Some(of), Some(pid)) => format!("{of} {pid}"),
                (_, Some(pid)) => pid.to_string(),
                (_, None) => String::from("outside"),
            };
            threads.entry((self.pid(event), tid(event))).or_insert(text);
        }
        let threads =
            threads.into_iter().map(|((pid, tid), text)| name("thread_name", pid, tid, text));
        nodes.chain(threads).collect()
    }

    /// A time that ends with the event, or of `sent` begins with it.
    fn slice(&self, event: &TraceEvent, duration: u64) -> ChromeEvent {
        let end = self.at(event);
        let ts = if event.kind == TraceKind::Sent { end } else { end.saturating_sub(duration) };
        ChromeEvent { dur: Some(duration), ts, args: args(event), ..self.plain(event, "X") }
    }

    /// One end of a message's arrow.
    fn arrow(&self, event: &TraceEvent, end: &str) -> ChromeEvent {
        let bp = (end == "f").then(|| String::from("e"));
        ChromeEvent { id: event.span_id.clone(), bp, ..self.plain(event, end) }
    }

    fn moment(&self, event: &TraceEvent) -> ChromeEvent {
        let s = Some(String::from("t"));
        let kind = serde_json::to_value(event.kind).unwrap_or_default();
        let name = kind.as_str().unwrap_or_default().to_owned();
        ChromeEvent { name, s, args: args(event), ..self.plain(event, "i") }
    }

    fn plain(&self, event: &TraceEvent, ph: &str) -> ChromeEvent {
        let name = event.message.as_deref().unwrap_or("message");
        plain(name, ph, self.pid(event), tid(event), self.at(event))
    }

    fn pid(&self, event: &TraceEvent) -> u64 {
        self.nodes.get(&event.node).copied().unwrap_or_default()
    }

    fn at(&self, event: &TraceEvent) -> u64 {
        event.at_us + self.shifts.get(&event.node).copied().unwrap_or_default()
    }
}

fn tid(event: &TraceEvent) -> u64 {
    event.pid.as_ref().map_or(OUTSIDE, |pid| pid.local)
}

fn plain(name: &str, ph: &str, pid: u64, tid: u64, ts: u64) -> ChromeEvent {
    ChromeEvent {
        name: name.to_owned(),
        ph: ph.to_owned(),
        cat: String::from("message"),
        pid,
        tid,
        ts,
        dur: None,
        id: None,
        bp: None,
        s: None,
        args: Map::new(),
    }
}

fn args(event: &TraceEvent) -> Map<String, Value> {
    let texts = [
        ("trace_id", &event.trace_id),
        ("span_id", &event.span_id),
        ("parent_span_id", &event.parent_span_id),
        ("error", &event.error),
        ("payload", &event.payload),
    ];
    let known = texts.into_iter().filter_map(|(name, text)| Some((name, text.as_ref()?)));
    known.map(|(name, text)| (name.to_owned(), json!(text))).collect()
}

#[cfg(test)]
mod tests {
    use super::{super::samples::event, *};

    #[test]
    fn a_message_between_nodes_is_an_arrow_between_slices() {
        let mut handled = event("b", 2, 150, TraceKind::Handled, "1");
        handled.duration_us = Some(40);
        handled.pid = "b.1.7".parse().ok();
        let mut received = event("b", 1, 110, TraceKind::Received, "1");
        received.pid.clone_from(&handled.pid);
        // By its clock, node b received it before it was sent.
        let sent = event("a", 1, 500, TraceKind::Sent, "1");
        let trace = chrome(&[sent, received, handled]);
        let of = |ph: &str| {
            let all = trace.trace_events.iter().filter(|event| event.ph == ph);
            all.map(|event| (event.pid, event.tid, event.ts, event.dur)).collect::<Vec<_>>()
        };
        assert_eq!((of("s"), of("f")), (vec![(1, 0, 500, None)], vec![(2, 7, 500, None)]));
        assert_eq!(of("X"), [(1, 0, 500, Some(1)), (2, 7, 500, Some(40))]);
        let names: Vec<_> =
            trace.trace_events.iter().filter_map(|one| one.args.get("name")).collect();
        assert_eq!(names, ["a", "b", "outside", "b.1.7"]);
    }

    #[test]
    fn a_message_that_nobody_received_has_no_arrow() {
        let trace = chrome(&[event("a", 1, 500, TraceKind::Sent, "1")]);
        assert!(trace.trace_events.iter().all(|event| event.ph != "s"));
        let json = serde_json::to_value(&trace).unwrap();
        assert_eq!(json["displayTimeUnit"], "ms");
        assert!(json["traceEvents"].is_array());
    }
}
