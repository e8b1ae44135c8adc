//! Values that broke a rule: all of them in one answer.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::limits::VIOLATIONS_LISTED_MAX;

/// Where in a request a value stood.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum ViolationPlace {
    /// A segment of the path.
    Path,
    /// The query.
    Query,
    /// A header.
    Header,
    /// The body.
    Body,
}

/// One value that broke a rule.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Violation {
    /// Where the value stood.
    #[serde(rename = "in")]
    pub place: ViolationPlace,
    /// The parameter or field; empty for the body as a whole.
    pub name: String,
    /// JSON pointer (RFC 6901) to the value inside of the body; empty elsewhere.
    pub pointer: String,
    /// What is wrong with it.
    pub message: String,
}

impl Violation {
    /// A value that is wrong as a whole: its pointer is empty.
    pub fn of(place: ViolationPlace, name: impl Into<String>, message: impl Into<String>) -> Self {
        Self { place, name: name.into(), pointer: String::new(), message: message.into() }
    }

    /// A parameter of the body that is wrong.
    pub fn of_body(name: &str, message: impl Into<String>) -> Self {
        let pointer = format!("/{name}");
        Self { pointer, ..Self::of(ViolationPlace::Body, name, message) }
    }
}

/// A request whose values do not fit the operation. Nothing ran.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidInput {
    violations: Vec<Violation>,
    total: usize,
    is_malformed: bool,
}

impl InvalidInput {
    /// Keeps the first [`VIOLATIONS_LISTED_MAX`] and the number of all.
    pub fn new(violations: Vec<Violation>) -> Self {
        let total = violations.len();
        Self::counted(violations, total)
    }

    /// The same where not even the first ones were all kept: `total` counts them.
    pub(crate) fn counted(mut violations: Vec<Violation>, total: usize) -> Self {
        violations.truncate(VIOLATIONS_LISTED_MAX);
        Self { violations, total, is_malformed: false }
    }

    /// The body is not JSON at all.
    pub fn malformed(message: impl Into<String>) -> Self {
        let violation = Violation::of(ViolationPlace::Body, "", message);
        Self { violations: vec![violation], total: 1, is_malformed: true }
    }

    /// Whether the body could not even be parsed.
    pub fn is_malformed(&self) -> bool {
        self.is_malformed
    }

    /// The values that broke a rule.
    pub fn violations(&self) -> &[Violation] {
        &self.violations
    }

    pub(super) fn into_violations(self) -> Vec<Violation> {
        self.violations
    }
}

impl fmt::Display for InvalidInput {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.total {
            _ if self.is_malformed => formatter.write_str("the body is not valid JSON"),
            1 => formatter.write_str("1 value is not as described"),
            total => write!(formatter, "{total} values are not as described"),
        }
    }
}

impl std::error::Error for InvalidInput {}
