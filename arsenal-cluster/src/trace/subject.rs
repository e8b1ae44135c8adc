//! Whether messages of a process can be traced, and may be.

use arsenal_core::{
    __private::meant,
    error::{OperationError, Violation, ViolationPlace},
    name::NodeName,
};

use super::Traced;
use crate::{
    message::MessageSpec,
    process::{ProcessAddress, ProcessKind, ProcessTable, instrumented},
};

/// A session that follows nothing is only on the node of its process. What is followed comes from a process
/// that its own node answers for.
///
/// # Errors
///
/// `not_found` where the process is none of this node, `forbidden` where it is one of Arsenal's own,
/// `conflict` where it is not instrumented, `gone` where it is about to end, `invalid_input` where it gets
/// no messages of the names that are asked for.
pub(crate) fn check_subject(
    on: &Traced,
    messages: &[String],
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
    let record = instrumented(&process, "be traced")?;
    // A generic type has no description: any name may be one of its messages.
    record.types.message_spec.map_or(Ok(()), |spec| check_messages(messages, spec))
}

/// A session on a name that no message has would tell nothing.
fn check_messages(messages: &[String], spec: &MessageSpec) -> Result<(), OperationError> {
    let known = || spec.variants.iter().map(|variant| variant.name);
    let violation = |(place, given): (usize, &String)| {
        let is_known = known().any(|name| name == given);
        (!is_known).then(|| Violation {
            place: ViolationPlace::Body,
            name: String::from("messages"),
            pointer: format!("/messages/{place}"),
            message: unknown(given, known()),
        })
    };
    let violations: Vec<_> = messages.iter().enumerate().filter_map(violation).collect();
    if violations.is_empty() { Ok(()) } else { Err(OperationError::invalid_input(violations)) }
}

fn unknown(given: &str, known: impl Iterator<Item = &'static str> + Clone) -> String {
    let hint = match meant(given, known.clone()) {
        Some(name) => format!("did you mean `{name}`?"),
        None => {
            let names: Vec<_> = known.map(|name| format!("`{name}`")).collect();
            format!("there are {}", names.join(", "))
        }
    };
    format!("is no message of this process; {hint}")
}
