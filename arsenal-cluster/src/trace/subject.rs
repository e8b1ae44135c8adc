//! Whether messages of a process can be traced, and may be.

use arsenal_core::{error::OperationError, name::NodeName};

use super::Traced;
use crate::{
    instrument::records,
    process::{ProcessAddress, ProcessKind, ProcessTable},
};

/// A session that follows nothing is only on the node of its process. What is followed comes from a process
/// that its own node answers for.
///
/// # Errors
///
/// `not_found` where the process is none of this node, `forbidden` where it is one of Arsenal's own,
/// `conflict` where it is not instrumented.
pub(crate) fn check_subject(
    on: &Traced,
    here: &NodeName,
    processes: &ProcessTable,
) -> Result<(), OperationError> {
    let pid = match on {
        Traced::Process { pid, follow } if pid.node == *here || !follow => pid,
        Traced::Process { .. } | Traced::Type(_) => return Ok(()),
    };
    let process = processes.find(&ProcessAddress::Id(pid.clone()))?;
    if processes.kind(&process) == ProcessKind::Internal {
        let detail = format!("`{pid}` is one of Arsenal's own processes: they are not traced");
        return Err(OperationError::forbidden(detail));
    }
    if records::get(process.get_id().pid()).is_none() {
        let detail = format!("`{pid}` is not instrumented, so that its messages are not seen");
        let suggestion = "spawn it with spawn_instrumented or spawn_linked_instrumented of \
            arsenal_cluster::instrument::SpawnInstrumented";
        return Err(OperationError::conflict(detail).suggest(suggestion));
    }
    Ok(())
}
