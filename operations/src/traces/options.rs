//! How much a session traces, as a request says it.

use arsenal_cluster::trace::{
    DURATION_MS_DEFAULT, DURATION_MS_MAX, EVENTS_DEFAULT, EVENTS_MAX, MESSAGE_CHARS_MAX,
    MESSAGES_MAX, SAMPLING_MIN, SessionId, TracePlan, Traced,
};
use arsenal_core::prelude::*;
use serde::Serialize;

/// How much a session traces.
#[derive(Clone, Debug, Serialize, Parameters)]
pub struct TraceOptions {
    /// After how many ms it ends on each node, at most 10 minutes.
    #[param(range(min = 1, max = DURATION_MS_MAX), default = DURATION_MS_DEFAULT)]
    pub duration_ms: u32,
    /// After how many events it ends on a node.
    #[param(range(min = 1, max = EVENTS_MAX), default = EVENTS_DEFAULT)]
    pub max_events: u32,
    /// The part of the messages that is traced: 1 for all, 0.01 for one of 100, at least one of a million.
    /// What a request leads to is traced whole or not at all.
    #[param(range(min = SAMPLING_MIN, max = 1.0), default = 1.0)]
    pub sampling: f64,
    /// Only messages of these names, as in JSON; those of all names where this is left out. What is followed
    /// begins with one of them, and goes on with any.
    #[param(length(min = 1, max = MESSAGES_MAX), items(length(min = 1, max = MESSAGE_CHARS_MAX)))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub messages: Option<Vec<String>>,
    /// Shows what messages hold, up to 256 characters, where their type allows it by `#[message(show)]`.
    #[param(default = false)]
    pub payloads: bool,
}

impl TraceOptions {
    pub(super) fn plan(self, id: SessionId, on: Traced) -> TracePlan {
        TracePlan {
            id,
            on,
            duration_ms: self.duration_ms,
            max_events: self.max_events,
            sampling: self.sampling,
            messages: self.messages.unwrap_or_default(),
            payloads: self.payloads,
        }
    }
}
