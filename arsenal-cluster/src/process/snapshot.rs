//! One process as lists show it.

use ractor::ActorStatus;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use arsenal_core::name::NodeName;

use super::{Health, ProcessId, Rank};

/// A process. What is not known of it is absent, never zero.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Process {
    /// Its identity in the cluster.
    pub pid: ProcessId,
    /// The node that it runs on.
    pub node: NodeName,
    /// The name that Arsenal knows it by.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The name that it was given in ractor.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ractor_name: Option<String>,
    /// The Rust type of the actor, without its modules; known where it is instrumented.
    #[serde(rename = "type", default, skip_serializing_if = "Option::is_none")]
    pub actor_type: Option<String>,
    /// What it is there for.
    pub kind: ProcessKind,
    /// The process that supervises it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub supervisor: Option<ProcessId>,
    /// How many processes it supervises.
    pub children: usize,
    /// How many of its children have failed; known of instrumented ones.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub children_failed: Option<u32>,
    /// Where it is in its life.
    pub status: ProcessStatus,
    /// Whether the registry holds its name.
    pub registered: bool,
    /// Whether its messages and handlers are counted. Where they are not, only ractor's own facts are
    /// known.
    pub instrumented: bool,
    /// Whether operations that would change it are refused.
    pub protected: bool,
    /// What is counted of it; absent where it is not instrumented.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub counts: Option<ProcessCounters>,
    /// Whether it does well, and why not; absent where it is not instrumented.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub health: Option<Health>,
    /// What the list is sorted by, and what that is of this process; absent where it is not sorted by a
    /// number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rank: Option<Rank>,
}

/// What is counted of an instrumented process.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ProcessCounters {
    /// When it started (RFC 3339).
    pub started_at: String,
    /// For how long it has run, in ms.
    pub age_ms: u64,
    /// How many messages wait; known where their type derives `ArsenalMessage`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mailbox_depth: Option<u64>,
    /// For how long the oldest of them has waited at least, in ms; absent where none waits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub oldest_message_age_ms: Option<u64>,
    /// How many messages were sent to it; known where their type derives `ArsenalMessage`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sent: Option<u64>,
    /// How many messages it has handled.
    pub handled: u64,
    /// How much of them came and went in a second.
    pub rates: Rates,
    /// For how long its handlers have kept a thread busy, in ms; estimated from those that were measured.
    pub busy_ms: f64,
    /// What it is handling now; absent where it is idle.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub handling: Option<Handling>,
    /// How long its handlers took lately, from the first poll to the end; absent before the first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub handler_times: Option<HandlerTimes>,
    /// How many processes of its type under its supervisor took the place of one that had failed, up to
    /// this one; 0 where it took nobody's place.
    pub restarts: u32,
    /// How long its messages will still be held back, in ms; absent where they are not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub paused_for_ms: Option<u64>,
}

/// Numbers by time.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Rates {
    /// Over how long they were measured, in ms: the window that was asked for, else the life of the process.
    pub over_ms: u64,
    /// Messages that were sent to it, per second; known where their type derives `ArsenalMessage`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sent_per_s: Option<f64>,
    /// Messages that it handled, per second.
    pub handled_per_s: f64,
    /// The part of the time in which it kept a thread busy, 0 to 1.
    pub busy_share: f64,
}

/// A handler that runs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Handling {
    /// What it handles; known where the type of its messages derives `ArsenalMessage`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// For how long, in ms.
    pub for_ms: u64,
    /// Whether it waits for something; else it keeps a thread busy, and cannot be killed.
    pub waits: bool,
}

/// Durations of handlers in microseconds; the quantiles are at most half too high.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct HandlerTimes {
    /// Half of them took no longer.
    pub p50_us: f64,
    /// Nine of ten took no longer.
    pub p90_us: f64,
    /// 99 of 100 took no longer.
    pub p99_us: f64,
    /// The longest that was measured.
    pub max_us: f64,
    /// How many were measured: all, or one of 64 and the first in each tenth of a second.
    pub measured: u64,
}

/// What a process is there for.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum ProcessKind {
    /// It supervises nobody.
    Worker,
    /// It supervises others.
    Supervisor,
    /// It is of Arsenal or of `ractor_cluster` itself.
    Internal,
}

/// Where a process is in its life.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the names are ractor's and say it")]
pub enum ProcessStatus {
    Unstarted,
    Starting,
    Running,
    Upgrading,
    Draining,
    Stopping,
    Stopped,
}

impl From<ActorStatus> for ProcessStatus {
    fn from(status: ActorStatus) -> Self {
        match status {
            ActorStatus::Unstarted => Self::Unstarted,
            ActorStatus::Starting => Self::Starting,
            ActorStatus::Running => Self::Running,
            ActorStatus::Upgrading => Self::Upgrading,
            ActorStatus::Draining => Self::Draining,
            ActorStatus::Stopping => Self::Stopping,
            ActorStatus::Stopped => Self::Stopped,
        }
    }
}

#[cfg(test)]
impl Process {
    /// A process of which nothing is known but where it is.
    pub(crate) fn sample(pid: ProcessId) -> Self {
        Self {
            node: pid.node.clone(),
            pid,
            name: None,
            ractor_name: None,
            actor_type: None,
            kind: ProcessKind::Worker,
            supervisor: None,
            children: 0,
            children_failed: None,
            status: ProcessStatus::Running,
            registered: false,
            instrumented: false,
            protected: false,
            counts: None,
            health: None,
            rank: None,
        }
    }
}
