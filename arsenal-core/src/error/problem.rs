//! The RFC 9457 problem document of an error: what clients and other nodes read.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Code, Course, Failure, OperationError, Parts, Violation};
use crate::membership::Quorum;

/// The media type of a problem document.
pub const PROBLEM_MEDIA_TYPE: &str = "application/problem+json";

/// A problem document (RFC 9457) with the members that Arsenal adds.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Problem {
    /// A URI that names the kind of problem: `urn:arsenal:problem:<code>`.
    #[serde(rename = "type")]
    pub kind: String,
    /// The kind of problem, for people; the same for every occurrence.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// This occurrence, for people.
    pub detail: String,
    /// The kind of problem, for programs.
    pub code: String,
    /// The request, as in the header `Arsenal-Request-Id`.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub request_id: String,
    /// Every value that broke a rule.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub violations: Vec<Violation>,
    /// What became of the call on each node that failed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub failures: Vec<Failure>,
    /// How many failed nodes are not listed.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub failures_omitted: usize,
    /// The state of the cluster that led to it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cluster: Option<Quorum>,
    /// A next step.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub suggestion: Option<String>,
}

/// A problem on its way to another node.
#[derive(Serialize, Deserialize)]
pub(crate) struct SentProblem {
    #[serde(flatten)]
    problem: Problem,
    #[serde(default, skip_serializing_if = "Course::is_plain")]
    course: Course,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_zero(count: &usize) -> bool {
    *count == 0
}

impl OperationError {
    /// The document that a client reads. The private source is not in it.
    pub fn to_problem(&self, request_id: &str) -> Problem {
        let Parts {
            code, detail, violations, failures, failures_omitted, quorum, suggestion, ..
        } = &*self.0;
        Problem {
            kind: format!("urn:arsenal:problem:{code}"),
            title: title(code.as_str()),
            status: code.status(),
            detail: detail.clone(),
            code: code.as_str().to_owned(),
            request_id: request_id.to_owned(),
            violations: violations.clone(),
            failures: failures.clone(),
            failures_omitted: *failures_omitted,
            cluster: quorum.clone(),
            suggestion: suggestion.clone(),
        }
    }
}

/// What another node answered.
impl From<Problem> for OperationError {
    fn from(problem: Problem) -> Self {
        let mut error = Self::new(Code::from_parts(&problem.code, problem.status), problem.detail);
        error.0.violations = problem.violations;
        error.0.failures = problem.failures;
        error.0.failures_omitted = problem.failures_omitted;
        error.0.quorum = problem.cluster;
        error.0.suggestion = problem.suggestion;
        error
    }
}

impl From<&OperationError> for SentProblem {
    fn from(error: &OperationError) -> Self {
        Self { problem: error.to_problem(""), course: error.0.course }
    }
}

impl SentProblem {
    pub(crate) fn into_error(self) -> OperationError {
        let mut error = OperationError::from(self.problem);
        error.0.course = self.course;
        error
    }
}

/// `node_unavailable` → `Node unavailable`.
fn title(code: &str) -> String {
    let words = code.rsplit('.').next().unwrap_or(code).replace('_', " ");
    let mut letters = words.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_private_reason_is_not_sent() {
        let error = OperationError::internal().because("password is hunter2");
        let text = serde_json::to_string(&error.to_problem("r1")).unwrap();
        assert!(!text.contains("hunter2"), "{text}");
        assert!(text.contains(r#""title":"Internal""#), "{text}");
    }

    #[test]
    fn an_error_survives_the_way_to_another_node() {
        let error =
            OperationError::new(Code::custom("shop.sold_out", 409), "none left").suggest("later");
        let back = OperationError::from(error.to_problem(""));
        assert_eq!((back.code(), back.status(), back.detail()), (error.code(), 409, "none left"));
    }
}
