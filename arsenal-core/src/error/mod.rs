//! Everything that can go wrong with an operation, as one type that every surface shows the same way.

mod cases;
mod chain;
mod code;
mod course;
mod failure;
mod problem;
mod violation;

use std::{error::Error, fmt, sync::Arc};

pub use arsenal_macros::OperationError;
pub use cases::ErrorCases;
#[doc(hidden)]
pub use cases::{CodeBuffer, OwnError, count_cases, join_cases, own_error};
pub(crate) use chain::ErrorChain;
pub use code::Code;
pub(crate) use code::FRAMEWORK_CODES;
pub(crate) use course::Course;
pub use failure::Failure;
pub(crate) use failure::{call_error_code, keep_listed};
pub(crate) use problem::SentProblem;
pub use problem::{PROBLEM_MEDIA_TYPE, Problem};
pub use violation::{InvalidInput, Violation, ViolationPlace};

use crate::membership::Quorum;

/// Why an operation gave no answer.
///
/// `detail` is read by clients; the source, set with [`OperationError::because`], only by the log.
/// Becomes an RFC 9457 problem document on every surface, see [`Problem`].
pub struct OperationError(Box<Parts>);

/// Boxed, so that `Result<T, OperationError>` is small.
#[derive(Clone)]
struct Parts {
    code: Code,
    detail: String,
    violations: Vec<Violation>,
    failures: Vec<Failure>,
    failures_omitted: usize,
    quorum: Option<Quorum>,
    suggestion: Option<String>,
    course: Course,
    source: Option<Arc<dyn Error + Send + Sync>>,
}

impl OperationError {
    /// An error with a code of the framework and a text for the client.
    pub fn new(code: Code, detail: impl Into<String>) -> Self {
        Self(Box::new(Parts {
            code,
            detail: detail.into(),
            violations: Vec::new(),
            failures: Vec::new(),
            failures_omitted: 0,
            quorum: None,
            suggestion: None,
            course: Course::default(),
            source: None,
        }))
    }

    /// What was asked for does not exist.
    pub fn not_found(detail: impl Into<String>) -> Self {
        Self::new(Code::NotFound, detail)
    }

    /// The state of the thing addressed forbids it.
    pub fn conflict(detail: impl Into<String>) -> Self {
        Self::new(Code::Conflict, detail)
    }

    /// The caller may not do this.
    pub fn forbidden(detail: impl Into<String>) -> Self {
        Self::new(Code::Forbidden, detail)
    }

    /// A fault of ours. Say the reason with [`OperationError::because`]: it goes to the log only.
    pub fn internal() -> Self {
        Self::new(Code::Internal, "the operation failed; the log of the node has the reason")
    }

    /// Values that broke a rule which only the operation itself can check.
    pub fn invalid_input(violations: impl IntoIterator<Item = Violation>) -> Self {
        InvalidInput::new(violations.into_iter().collect()).into()
    }

    /// Adds the private reason: logged, never sent.
    #[must_use]
    pub fn because(mut self, source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        self.0.source = Some(Arc::from(source.into()));
        self
    }

    /// The same error for those who only pass it on, once its private reason is logged.
    #[must_use]
    pub(crate) fn without_source(mut self) -> Self {
        self.0.source = None;
        self
    }

    /// Adds a next step for the client.
    #[must_use]
    pub fn suggest(mut self, suggestion: impl Into<String>) -> Self {
        self.0.suggestion = Some(suggestion.into());
        self
    }

    /// Adds the state of the cluster that led to the error.
    #[must_use]
    pub fn with_quorum(mut self, quorum: Quorum) -> Self {
        self.0.quorum = Some(quorum);
        self
    }

    /// Adds the state of the cluster where the error is one of the cluster and does not say it yet.
    pub(crate) fn in_cluster(mut self, quorum: &Quorum) -> Self {
        let is_of_cluster = matches!(
            self.0.code,
            Code::NodeUnavailable
                | Code::NodeRequired
                | Code::DistributedTimeout
                | Code::DistributedExit
        );
        if is_of_cluster && self.0.quorum.is_none() {
            self.0.quorum = Some(quorum.clone());
        }
        self
    }

    /// Adds what became of the call on each node that failed; lists at most
    /// [`FAILURES_LISTED_MAX`](crate::limits::FAILURES_LISTED_MAX) and counts the rest.
    #[must_use]
    pub fn with_failures(mut self, mut failures: Vec<Failure>) -> Self {
        self.0.failures_omitted = keep_listed(&mut failures);
        self.0.failures = failures;
        self
    }

    /// The code that programs match on.
    pub fn code(&self) -> &Code {
        &self.0.code
    }

    /// The HTTP status that belongs to the code.
    pub fn status(&self) -> u16 {
        self.0.code.status()
    }

    /// What the client reads.
    pub fn detail(&self) -> &str {
        &self.0.detail
    }

    /// The values that broke a rule.
    pub fn violations(&self) -> &[Violation] {
        &self.0.violations
    }

    /// What became of the call on each node that failed.
    pub fn failures(&self) -> &[Failure] {
        &self.0.failures
    }
}

impl From<InvalidInput> for OperationError {
    fn from(invalid: InvalidInput) -> Self {
        let code = if invalid.is_malformed() { Code::Malformed } else { Code::InvalidInput };
        let mut error = Self::new(code, invalid.to_string());
        error.0.violations = invalid.into_violations();
        error
    }
}

impl fmt::Display for OperationError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}: {}", self.0.code, self.0.detail)
    }
}

impl fmt::Debug for OperationError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("OperationError")
            .field("code", &self.0.code)
            .field("detail", &self.0.detail)
            .field("violations", &self.0.violations)
            .field("failures", &self.0.failures)
            .field("source", &self.0.source)
            .finish_non_exhaustive()
    }
}

impl Error for OperationError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.0.source.as_deref().map(|source| source as _)
    }
}
