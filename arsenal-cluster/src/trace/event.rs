//! What happened to one message or process, as a session tells it.

use std::{sync::Arc, time::Duration};

use arsenal_core::{
    name::NodeName,
    telemetry::{SpanId, TraceId},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::process::ProcessId;

/// One event of a session.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct TraceEvent {
    /// The node where it happened.
    pub node: NodeName,
    /// Counts the events of the session on this node, from 1.
    pub number: u64,
    /// When, by the clock of the node (RFC 3339).
    pub at: String,
    /// The same in µs since 1970, to compute with. Clocks of nodes differ: the order of events is that of
    /// the list, not of this.
    pub at_us: u64,
    /// What happened.
    pub kind: TraceKind,
    /// The process: of `sent` the one that sent, where that is known; else the one that it happened to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pid: Option<ProcessId>,
    /// The Rust type of its actor, without its modules.
    #[serde(rename = "type", default, skip_serializing_if = "Option::is_none")]
    pub actor_type: Option<String>,
    /// Of `sent`, whom to; absent where it is a process of another node, whose event `received` has the
    /// same `span_id`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<ProcessId>,
    /// The name of the message; known where its type derives `ArsenalMessage`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// The trace that the message belongs to (W3C): the same for all that one request leads to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trace_id: Option<String>,
    /// The message: the same in all events of it, on every node.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub span_id: Option<String>,
    /// The message whose handling led to this; known where it was sent or spawned on this node.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent_span_id: Option<String>,
    /// Of `received`, for how many µs it waited in the mailbox; known where it was sent on this node.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub waited_us: Option<u64>,
    /// Of `handled` and `failed`, for how many µs the handler ran; of `replied`, how many µs after the
    /// handler began.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub duration_us: Option<u64>,
    /// Of `failed` and of `stopped` after a failure, what was said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// What the message holds, shortened; where the session asks for it and its type allows it by
    /// `#[message(show)]`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub payload: Option<String>,
}

/// What can happen.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum TraceKind {
    /// A message was sent: to a process that is traced, or by one.
    Sent,
    /// A process took it from its mailbox.
    Received,
    /// Its handler ended.
    Handled,
    /// What it asked for was answered; known of calls that came from another node or as JSON.
    Replied,
    /// Its handler failed, panicked or was killed.
    Failed,
    /// A process began to start: of a type that is traced, or within a traced handler.
    Spawned,
    /// A process ended that is itself traced; not one that is only followed.
    Stopped,
}

/// An event as it is kept: nothing is written out before somebody reads it.
#[derive(Clone, Debug)]
pub(crate) struct Happened {
    /// See [`clock::nanos`](crate::instrument::clock::nanos).
    pub(super) at: u64,
    pub(super) kind: TraceKind,
    pub(super) process: Option<Actor>,
    /// The local number of whom a message was sent to.
    pub(super) to: Option<u64>,
    pub(super) message: Option<&'static str>,
    pub(super) trace: Option<TraceId>,
    pub(super) span: Option<SpanId>,
    pub(super) parent: Option<SpanId>,
    pub(super) took: Option<Duration>,
    pub(super) error: Option<Arc<str>>,
    pub(super) payload: Option<Arc<str>>,
}

/// An actor, as far as events name it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Actor {
    /// Its number in ractor.
    pub(super) local: u64,
    /// The type of its handler, with its modules.
    pub(super) type_name: &'static str,
}

impl Happened {
    /// Something of which nothing else is known yet.
    pub(super) fn new(kind: TraceKind, at: u64, process: Option<Actor>) -> Self {
        Self {
            at,
            kind,
            process,
            to: None,
            message: None,
            trace: None,
            span: None,
            parent: None,
            took: None,
            error: None,
            payload: None,
        }
    }
}
