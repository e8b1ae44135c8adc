//! Whether messages of a process can be traced, and may be.

use arsenal_core::{error::OperationError, name::NodeName};

use super::Traced;
use crate::process::{ProcessAddress, ProcessKind, ProcessTable, instrumented};

/// A session that follows nothing is only on the node of its process. What is followed comes from a process
/// that its own node answers for.
///
/// # Errors
///
/// `not_found` where the process is none of this node, `forbidden` where it is one of Arsenal's own,
/// `conflict` where it is not instrumented, `gone` where it is about to end.
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
    instrumented(&process, "be traced").map(drop)
}
