//! Starting processes on a node.

use std::{fmt, sync::Arc};

use arsenal_core::error::OperationError;
use ractor::{Actor as _, ActorCell, ActorStatus, SpawnErr};

use super::NodeRuntime;
use crate::{
    blueprint::Child,
    process::{ChildEnded, NameTaken, ProcessId, ProcessName, Supervisor},
};

/// Why a process was not started. Nothing runs.
#[derive(Debug)]
pub enum SpawnError {
    /// The name belongs to another process of this node.
    NameTaken(NameTaken),
    /// The actor's own start failed.
    Start(SpawnErr),
    /// What was to supervise it has ended.
    SupervisorEnded,
}

impl fmt::Display for SpawnError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NameTaken(taken) => taken.fmt(formatter),
            Self::Start(error) => write!(formatter, "the process did not start: {error}"),
            Self::SupervisorEnded => formatter.write_str("its supervisor has ended"),
        }
    }
}

impl std::error::Error for SpawnError {}

impl From<SpawnError> for OperationError {
    fn from(error: SpawnError) -> Self {
        Self::conflict(error.to_string())
    }
}

impl NodeRuntime {
    /// Starts a process under the root of this node.
    pub async fn spawn(
        self: &Arc<Self>,
        name: Option<ProcessName>,
        child: Child,
    ) -> Result<ProcessId, SpawnError> {
        let root = self.root.get().ok_or(SpawnError::SupervisorEnded)?;
        self.spawn_under(root, name, child).await
    }

    /// Starts a process under a supervisor: one of Arsenal's own, or one of the program.
    pub(crate) async fn spawn_under(
        self: &Arc<Self>,
        supervisor: &ActorCell,
        name: Option<ProcessName>,
        child: Child,
    ) -> Result<ProcessId, SpawnError> {
        let cell = child.spawn(supervisor.clone()).await.map_err(SpawnError::Start)?;
        let local = cell.get_id().pid();
        self.processes.started(local, Some(supervisor.get_id().pid()));
        // A supervisor of the program tells nothing of its children, and what was started under one of
        // Arsenal's may be linked to another since.
        if let Some(root) = self.root.get() {
            root.monitor(cell.clone());
        }
        if let Some(name) = name
            && let Err(taken) = self.processes.name(name, local)
        {
            cell.kill();
            self.processes.ended(local);
            return Err(SpawnError::NameTaken(taken));
        }
        // It may have ended before it was known here, and its end been told to nobody.
        if cell.get_status() >= ActorStatus::Stopping {
            self.processes.found_ended(local);
        }
        if supervisor.get_status() >= ActorStatus::Stopping {
            cell.kill();
            self.processes.ended(local);
            return Err(SpawnError::SupervisorEnded);
        }
        Ok(self.processes.id(local))
    }

    /// Starts a supervisor under the root of this node; its children may fail without ending it.
    pub(crate) async fn spawn_supervisor(self: &Arc<Self>) -> Result<ActorCell, SpawnError> {
        let root = self.root.get().ok_or(SpawnError::SupervisorEnded)?.clone();
        let above = root.get_id().pid();
        let (supervisor, _) = Supervisor::spawn_linked(None, Supervisor, self.child_ended(), root)
            .await
            .map_err(SpawnError::Start)?;
        let cell = supervisor.get_cell();
        let local = cell.get_id().pid();
        self.processes.started(local, Some(above));
        self.processes.set_label(local, "Supervisor");
        Ok(cell)
    }

    pub(super) fn child_ended(self: &Arc<Self>) -> ChildEnded {
        let processes = Arc::clone(&self.processes);
        Arc::new(move |local, failure| processes.heard_of_end(local, failure.as_deref()))
    }
}

#[cfg(test)]
#[path = "spawning_tests.rs"]
mod tests;
