//! One node's part of a failed or partial answer.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Code, OperationError};
use crate::{
    limits::FAILURES_LISTED_MAX,
    membership::{CallError, Ran},
    name::NodeName,
};

/// What became of a call on a node that gave no answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Failure {
    /// The node.
    pub node: NodeName,
    /// What went wrong there: a code of the error table.
    pub code: String,
    /// Whether the operation ran there.
    pub ran: Ran,
    /// What went wrong, for people.
    pub detail: String,
    /// The HTTP status of the code; the highest decides the status of the whole.
    #[serde(skip)]
    pub(crate) status: u16,
}

impl Failure {
    /// The node was not called, or its call failed on the way.
    pub fn of_call(node: NodeName, error: CallError) -> Self {
        let code = call_error_code(error);
        let detail = match error {
            CallError::Unavailable => format!("node `{node}` is not reachable"),
            CallError::Overloaded => format!("too many calls are in flight to node `{node}`"),
            CallError::TooLarge => format!("the request is too large to be sent to node `{node}`"),
            CallError::Lost => format!("the path to node `{node}` was lost while it ran"),
            CallError::TimedOut => format!("node `{node}` gave no answer before the deadline"),
            CallError::Late => {
                format!("the request reached node `{node}` after its deadline and was refused")
            }
        };
        let status = code.status();
        Self { node, code: code.as_str().to_owned(), ran: error.ran(), detail, status }
    }

    /// The code as a type; one of the user's keeps its status.
    pub(crate) fn code(&self) -> Code {
        Code::from_parts(&self.code, self.status)
    }

    /// The operation itself failed there.
    pub fn of_error(node: NodeName, error: &OperationError) -> Self {
        Self {
            node,
            code: error.code().as_str().to_owned(),
            ran: error.code().ran(),
            detail: error.detail().to_owned(),
            status: error.status(),
        }
    }
}

/// The code that a client sees for a failed call.
pub(crate) fn call_error_code(error: CallError) -> Code {
    match error {
        CallError::Unavailable => Code::NodeUnavailable,
        CallError::Overloaded => Code::Overloaded,
        CallError::TooLarge => Code::TooLarge,
        CallError::Lost => Code::DistributedExit,
        CallError::TimedOut | CallError::Late => Code::DistributedTimeout,
    }
}

/// Shortens the list to what one answer shows; says how many were left out.
pub(crate) fn keep_listed(failures: &mut Vec<Failure>) -> usize {
    let omitted = failures.len().saturating_sub(FAILURES_LISTED_MAX);
    failures.truncate(FAILURES_LISTED_MAX);
    omitted
}
