//! Where everything is drawn: nodes and processes by numbers, on one axis of time. Pure.

use std::collections::{BTreeMap, BTreeSet};

use arsenal_core::name::NodeName;
use serde_json::{Map, Value, json};

use super::{
    super::{TraceEvent, skew::shifts},
    ChromeEvent,
};

/// The thread of what was sent by nobody that is known. Those of processes come after it.
const OUTSIDE: u64 = 0;

/// Where everything is drawn.
pub(super) struct Axis<'a> {
    nodes: BTreeMap<&'a NodeName, u64>,
    shifts: BTreeMap<NodeName, u64>,
    /// The last that is known of each thread.
    last: BTreeMap<(u64, u64), u64>,
}

impl<'a> Axis<'a> {
    pub(super) fn of(events: &'a [TraceEvent]) -> Self {
        let names: BTreeSet<&NodeName> = events.iter().map(|event| &event.node).collect();
        let nodes = names.into_iter().zip(1..).collect();
        let mut axis = Self { nodes, shifts: shifts(events), last: BTreeMap::new() };
        for event in events {
            let at = axis.at(event);
            let last = axis.last.entry((axis.pid(event), tid(event))).or_insert(at);
            *last = at.max(*last);
        }
        axis
    }

    /// The names of nodes and actors.
    pub(super) fn names(&self, events: &[TraceEvent]) -> Vec<ChromeEvent> {
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

    /// A handler that has ended. It begins no later than the message was taken: times are rounded down to
    /// µs, and so is what lies between them.
    pub(super) fn handler(
        &self,
        event: &TraceEvent,
        beginning: Option<&TraceEvent>,
    ) -> ChromeEvent {
        let end = self.at(event);
        let begin = end.saturating_sub(event.duration_us.unwrap_or_default());
        let begin = beginning.map_or(begin, |received| begin.min(self.at(received)));
        self.slice(event, begin, end)
    }

    /// A handler whose end is not known: up to the last that is known of its process.
    pub(super) fn unfinished(&self, event: &TraceEvent) -> ChromeEvent {
        let begin = self.at(event);
        let last = self.last.get(&(self.pid(event), tid(event))).copied();
        self.slice(event, begin, last.unwrap_or(begin))
    }

    /// What was sent from outside of all handlers that are known, so that its arrow begins somewhere.
    pub(super) fn point(&self, event: &TraceEvent) -> ChromeEvent {
        let at = self.at(event);
        self.slice(event, at, at)
    }

    /// A time of at least 1 µs, so that arrows find it.
    fn slice(&self, event: &TraceEvent, begin: u64, end: u64) -> ChromeEvent {
        let dur = Some(end.saturating_sub(begin).max(1));
        ChromeEvent { dur, ts: begin, args: args(event), ..self.plain(event, "X") }
    }

    /// One end of a message's arrow.
    pub(super) fn arrow(&self, event: &TraceEvent, end: &str) -> ChromeEvent {
        let bp = (end == "f").then(|| String::from("e"));
        ChromeEvent { id: event.span_id.clone(), bp, ..self.plain(event, end) }
    }

    pub(super) fn moment(&self, event: &TraceEvent) -> ChromeEvent {
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
        let shift = self.shifts.get(&event.node).copied().unwrap_or_default();
        event.at_us.saturating_add(shift)
    }
}

fn tid(event: &TraceEvent) -> u64 {
    event.pid.as_ref().map_or(OUTSIDE, |pid| pid.local.saturating_add(1))
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
