//! One node's part of a failed or partial answer.

use std::time::Duration;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Code, OperationError, Violation};
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
    /// How long the node says to wait; the longest is that of the whole.
    #[serde(skip)]
    pub(crate) retry_after_s: Option<u64>,
    /// What else the node said, if anything: that of the worst is that of the whole.
    #[serde(skip)]
    pub(crate) said: Option<Box<Said>>,
}

/// What an error says beside its code and its text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Said {
    violations: Vec<Violation>,
    suggestion: Option<String>,
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
        Self { ran: error.ran(), ..Self::new(node, &code, detail) }
    }

    fn new(node: NodeName, code: &Code, detail: String) -> Self {
        Self {
            node,
            ran: code.ran(),
            status: code.status(),
            code: code.as_str().to_owned(),
            detail,
            retry_after_s: None,
            said: None,
        }
    }

    /// The code as a type; one of the user's keeps its status.
    pub(crate) fn code(&self) -> Code {
        Code::from_parts(&self.code, self.status)
    }

    /// The operation failed there, or the call to it did.
    pub fn of_error(node: NodeName, error: &OperationError) -> Self {
        let failure = match error.failures() {
            // A failed call already knows whether it ran; an error of the operation itself does not.
            [only] if only.node == node => only.clone(),
            _ => Self {
                status: error.status(),
                ..Self::new(node, error.code(), error.detail().to_owned())
            },
        };
        let failure =
            Self { retry_after_s: error.retry_after_s(), said: Said::of(error), ..failure };
        // A function can give any code, also one of what is refused before it runs.
        if failure.ran == Ran::No && error.has_run() {
            return Self { ran: Ran::Yes, ..failure };
        }
        failure
    }
}

impl Said {
    fn of(error: &OperationError) -> Option<Box<Self>> {
        let (violations, suggestion) = (&error.0.violations, &error.0.suggestion);
        let is_empty = violations.is_empty() && suggestion.is_none();
        let said = || Self { violations: violations.clone(), suggestion: suggestion.clone() };
        (!is_empty).then(|| Box::new(said()))
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

impl OperationError {
    /// The node refused the call before the operation ran there, whatever the code says by itself:
    /// `not_found` of an unknown operation is no `not_found` that the operation found out.
    #[must_use]
    pub fn refused_by(self, node: NodeName) -> Self {
        let failure = Failure { ran: Ran::No, ..Failure::of_error(node, &self) };
        self.before_run().with_failures(vec![failure])
    }

    /// The error where too few nodes answered: the most severe failure speaks, all are listed.
    pub fn of_failures(answered: usize, failures: Vec<Failure>) -> Self {
        let asked = answered + failures.len();
        let Some(worst) = failures.iter().max_by_key(|failure| severity(failure)) else {
            return Self::new(Code::NodeUnavailable, "no node was asked");
        };
        let detail = &worst.detail;
        let detail = if asked == 1 || (answered == 0 && are_of_one_mind(worst, &failures)) {
            detail.clone()
        } else {
            format!("{answered} of {asked} nodes answered: {detail}")
        };
        // Who comes back sooner meets at least one node that refuses again for the same reason.
        let alike = failures.iter().filter(|failure| failure.code == worst.code);
        let wait = alike.filter_map(|failure| failure.retry_after_s).max();
        let mut error = Self::new(worst.code(), detail);
        if let Some(said) = &worst.said {
            error.0.violations.clone_from(&said.violations);
            error.0.suggestion.clone_from(&said.suggestion);
        }
        if let Some(seconds) = wait {
            error = error.retry_after(Duration::from_secs(seconds));
        }
        error.with_failures(failures)
    }
}

/// All nodes answered that the request is at fault, and why.
fn are_of_one_mind(worst: &Failure, failures: &[Failure]) -> bool {
    worst.status < 500 && failures.iter().all(|failure| failure.code == worst.code)
}

/// What may have run is worse than what ran and failed, and that is worse than what never ran.
fn severity(failure: &Failure) -> (u8, u16) {
    let ran = match failure.ran {
        Ran::Unknown => 2,
        Ran::Yes => 1,
        Ran::No => 0,
    };
    (ran, failure.code().status())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_node_refused_did_not_run_there_and_what_it_did_not_find_did() {
        let node: NodeName = "b".parse().unwrap();
        let over_the_wire = |error: OperationError| {
            let json = serde_json::to_vec(&error.to_problem("")).unwrap();
            let problem: crate::error::Problem = serde_json::from_slice(&json).unwrap();
            Failure::of_error(node.clone(), &problem.into())
        };
        let own = || OperationError::not_found("no such thing");
        assert_eq!(over_the_wire(own()).ran, Ran::Yes);
        let refused = over_the_wire(own().refused_by(node.clone()));
        assert_eq!((refused.ran, refused.code().status()), (Ran::No, 404));
    }

    #[test]
    fn what_the_function_itself_refuses_ran() {
        let node: NodeName = "b".parse().unwrap();
        let forbidden = || OperationError::forbidden("the function looked first");
        assert_eq!(Failure::of_error(node.clone(), &forbidden()).ran, Ran::No);
        assert_eq!(Failure::of_error(node.clone(), &forbidden().after_run()).ran, Ran::Yes);
        let inner = forbidden().refused_by(node.clone()).after_run();
        assert_eq!(Failure::of_error(node.clone(), &inner).ran, Ran::Yes, "an inner call did not");
        let unknown = OperationError::new(Code::DistributedExit, "lost").after_run();
        assert_eq!(Failure::of_error(node, &unknown).ran, Ran::Unknown);
    }

    #[test]
    fn a_custom_code_of_another_nodes_list_has_a_status_of_failure() {
        let node: NodeName = "b".parse().unwrap();
        let error = OperationError::new(Code::custom("shop.sold_out", 409), "none left");
        let json = serde_json::to_vec(&Failure::of_error(node, &error)).unwrap();
        let listed: Failure = serde_json::from_slice(&json).unwrap();
        assert_eq!(OperationError::of_failures(0, vec![listed]).status(), 500);
    }

    #[test]
    fn what_all_nodes_say_of_the_request_is_the_answer() {
        let refused =
            |node: &str, error: OperationError| Failure::of_error(node.parse().unwrap(), &error);
        let cursor = || {
            let violation = Violation::of_body("cursor", "of another list");
            OperationError::invalid_input([violation]).suggest("begin anew")
        };
        let all =
            OperationError::of_failures(0, vec![refused("a", cursor()), refused("b", cursor())]);
        assert_eq!((all.detail(), all.violations()), (cursor().detail(), cursor().violations()));
        let problem = all.to_problem("");
        assert_eq!(problem.suggestion.as_deref(), Some("begin anew"));
        let lost = Failure::of_call("b".parse().unwrap(), CallError::Lost);
        let some = OperationError::of_failures(0, vec![refused("a", cursor()), lost]);
        assert!(some.detail().starts_with("0 of 2 nodes answered"), "{}", some.detail());
    }

    #[test]
    fn the_longest_wait_of_a_fan_out_is_that_of_the_whole() {
        let refused = |node: &str, wait: Option<u64>| {
            let node: NodeName = node.parse().unwrap();
            let error = OperationError::new(Code::RateLimited, "too often");
            let error = match wait {
                Some(seconds) => error.retry_after(Duration::from_secs(seconds)),
                None => error,
            };
            Failure::of_error(node.clone(), &error.refused_by(node))
        };
        let of = |failures| OperationError::of_failures(0, failures).retry_after_s();
        assert_eq!(of(vec![refused("a", Some(7)), refused("b", Some(30))]), Some(30));
        assert_eq!(of(vec![refused("a", None)]), None, "nothing is made up");
    }
}
