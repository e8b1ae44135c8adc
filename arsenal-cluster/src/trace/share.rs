//! What a node says of a session, and what all nodes say together.

use std::collections::BTreeMap;

use arsenal_core::{answer::NodeAnswer, error::Failure, name::NodeName};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{TraceEvent, TracePlan};
use crate::fitting::{FirstRow, Fitting};

/// Why a session is over on a node.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum SessionEnd {
    /// Its time was over.
    Time,
    /// It had as many events as it may have.
    Events,
    /// It was ended on request.
    Request,
    /// The one process that it was on has ended.
    ProcessEnded,
}

/// A session on one node.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct SessionShare {
    /// The node.
    pub node: NodeName,
    /// What it traces; the same on every node.
    #[serde(flatten)]
    pub plan: TracePlan,
    /// When it began there (RFC 3339).
    pub started_at: String,
    /// Why it is over; absent while it runs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended: Option<SessionEnd>,
    /// Since when it is over (RFC 3339).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended_at: Option<String>,
    /// How many events it has.
    pub events: u64,
}

/// The events of a session on one node, a part at a time.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ShareEvents {
    /// The session there.
    pub share: SessionShare,
    /// Its events after the number that was asked for, as many as there is room for.
    pub events: Vec<TraceEvent>,
}

impl ShareEvents {
    /// As many events as one frame between nodes has room for beside the share, at least one.
    pub(super) fn fitting(share: SessionShare, events: Vec<TraceEvent>) -> Self {
        let mut room = Fitting::new(FirstRow::Always).beside(&share);
        let events = events.into_iter().take_while(|event| room.takes(event)).collect();
        Self { share, events }
    }
}

/// A session on all nodes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct TraceSession {
    /// What it traces.
    #[serde(flatten)]
    pub plan: TracePlan,
    /// Whether it goes on somewhere.
    pub is_running: bool,
    /// How many events it has, over all nodes that answered.
    pub events: u64,
    /// What became of it on each node.
    pub nodes: BTreeMap<NodeName, NodeSession>,
}

/// What became of a session on one node.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct NodeSession {
    /// When it began there (RFC 3339).
    pub started_at: String,
    /// Why it is over; absent while it runs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended: Option<SessionEnd>,
    /// Since when it is over (RFC 3339).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended_at: Option<String>,
    /// How many events it has there.
    pub events: u64,
}

/// A session with its events.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct TraceEvents {
    /// The session.
    pub session: TraceSession,
    /// What happened, on all nodes that answered, in order: that of each node as it happened there, and no
    /// message received before it was sent. Clocks decide what that leaves open, replies among it.
    pub events: Vec<TraceEvent>,
    /// How many events there are that the list does not have: those beyond its limit, and those that a node
    /// did not give.
    pub omitted: u64,
    /// The nodes that did not answer, or not to the end.
    pub failures: Vec<Failure>,
}

impl TraceSession {
    /// What nodes say of one session; `None` where none says anything.
    pub fn of(shares: Vec<SessionShare>) -> Option<Self> {
        let plan = shares.first()?.plan.clone();
        let is_running = shares.iter().any(|share| share.ended.is_none());
        let events = shares.iter().map(|share| share.events).sum();
        let node = |share: SessionShare| {
            let SessionShare { node, plan: _, started_at, ended, ended_at, events } = share;
            (node, NodeSession { started_at, ended, ended_at, events })
        };
        Some(Self { plan, is_running, events, nodes: shares.into_iter().map(node).collect() })
    }
}

/// The sessions of all nodes, the newest first.
pub fn merge_sessions(answers: Vec<NodeAnswer<Vec<SessionShare>>>) -> Vec<TraceSession> {
    let mut by_id = BTreeMap::<_, Vec<SessionShare>>::new();
    for share in answers.into_iter().flat_map(|answer| answer.answer) {
        by_id.entry(share.plan.id).or_default().push(share);
    }
    let began = |shares: &Vec<SessionShare>| shares.iter().map(|one| one.started_at.clone()).min();
    let mut sessions: Vec<_> = by_id.into_values().collect();
    sessions.sort_by_cached_key(|shares| std::cmp::Reverse(began(shares)));
    sessions.into_iter().filter_map(TraceSession::of).collect()
}
