//! One process as lists show it.

use ractor::ActorStatus;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use arsenal_core::name::NodeName;

use super::ProcessId;

/// A process. What is not known of it is absent, never zero.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
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
    /// The Rust type of the actor; known for those that were started through Arsenal.
    #[serde(rename = "type", default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// The process that supervises it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub supervisor: Option<ProcessId>,
    /// Where it is in its life.
    pub status: ProcessStatus,
    /// Whether the registry holds its name.
    pub registered: bool,
    /// Absent until something watches it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub health: Option<String>,
}

/// Where a process is in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
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
