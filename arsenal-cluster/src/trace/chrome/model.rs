//! The Trace Event Format, as far as it is used.

use arsenal_core::error::Failure;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::super::{SessionId, TraceEvents};

/// A trace in the Trace Event Format.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ChromeTrace {
    /// What is shown.
    pub trace_events: Vec<ChromeEvent>,
    /// The unit that times are shown in.
    pub display_time_unit: String,
    /// What the events do not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub metadata: Option<ChromeMetadata>,
}

/// Which session it is, and what is missing.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ChromeMetadata {
    /// The session.
    pub session: SessionId,
    /// Whether it still ran: then it has more by now.
    pub is_running: bool,
    /// How many events there are that the file does not have, on the nodes that answered.
    pub omitted: u64,
    /// The nodes that did not answer, or not to the end: what happened there is missing.
    pub failures: Vec<Failure>,
}

impl From<TraceEvents> for ChromeMetadata {
    fn from(TraceEvents { session, omitted, failures, events: _ }: TraceEvents) -> Self {
        Self { session: session.plan.id, is_running: session.is_running, omitted, failures }
    }
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
    /// The process, by its local number and one more; 0 stands for what is outside of all.
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
