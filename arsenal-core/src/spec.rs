//! What an operation is: the constant that `#[operation]` emits, and the words of its attribute.

use std::time::Duration;

use futures_util::future::BoxFuture;
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{
    answer::{Gather, Reply},
    arguments::Arguments,
    context::{NodeContext, Services},
    error::{InvalidInput, OperationError, ViolationPlace},
    limits::BODY_BYTES_MAX,
    name::NodeName,
    pattern::Pattern,
};

/// A named, typed thing that the cluster can do. Made by `#[operation]`, never by hand.
#[derive(Debug)]
pub struct OperationSpec {
    /// The permanent name, `<tag>.<verb>`: the `operationId`, the CLI command, the MCP tool.
    pub name: &'static str,
    /// The group it is listed in: the part of the name before the dot.
    pub tag: &'static str,
    /// The HTTP method.
    pub method: Method,
    /// The path template, as `/api/v1/nodes/{node}`.
    pub path: &'static str,
    /// Further path templates that lead here.
    pub aliases: &'static [&'static str],
    /// The first line of the doc comment.
    pub summary: &'static str,
    /// The rest of the doc comment.
    pub description: &'static str,
    /// Which nodes it runs on.
    pub target: Target,
    /// How many nodes must answer.
    pub require: Require,
    /// In which verdicts it may run at all.
    pub partition: Partition,
    /// The role that a caller needs.
    pub access: Access,
    /// How long it may take; of a stream, until it has started.
    pub timeout: Duration,
    /// The HTTP status of an answer.
    pub status: u16,
    /// Whether clients should stop using it.
    pub is_deprecated: bool,
    /// Since when, where it says so.
    pub deprecated_from: Option<Date>,
    /// When it goes away, where it says so.
    pub sunset: Option<Date>,
    /// What one node lets it take.
    pub limits: Limits,
    /// Whether an `Idempotency-Key` makes a repeated request harmless.
    pub is_idempotent: bool,
    /// One answer, or a stream of them.
    pub answers: Answers,
    /// The versions of the API that have it.
    pub versions: Versions,
    /// The errors of its own that it can give.
    pub error_cases: fn() -> &'static [ErrorCase],
    /// Its parameters, in the order of the arguments.
    pub parameters: &'static [Parameter],
    /// The values that the node must have been given (`#[state]`).
    pub states: &'static [StateRequirement],
    /// The schema of what one node answers; of a stream, that of the data of one event.
    pub output: fn(&mut SchemaGenerator) -> Schema,
    /// How the answers of all nodes become one; set for `target = all_nodes` only.
    pub gather: Gather,
    /// Says where it would run, where it decides that itself; for `target = here` only.
    pub rehearse: Option<RehearseFn>,
    /// Checks arguments strictly, without running anything: what the entry node does before it sends.
    pub check: fn(Arguments<'_>) -> Result<(), InvalidInput>,
    /// Decodes the arguments (before it returns) and runs the function (in the future).
    pub call: CallFn,
    /// Where it was written.
    pub source: Source,
}

/// Runs an operation on this node.
pub type CallFn =
    fn(NodeContext, Arguments<'_>) -> BoxFuture<'static, Result<Reply, OperationError>>;

/// Tries an operation: the nodes that it would run on, or why it would be refused.
pub type RehearseFn = fn(NodeContext, Arguments<'_>) -> Rehearsing;

/// An operation that is tried.
pub type Rehearsing = BoxFuture<'static, Result<Vec<NodeName>, OperationError>>;

impl OperationSpec {
    /// Whether a request carries a body.
    pub fn has_body(&self) -> bool {
        self.parameters.iter().any(|parameter| parameter.location.is_in_body())
    }

    /// Whether it answers with a stream of events.
    pub const fn is_stream(&self) -> bool {
        matches!(self.answers, Answers::Stream { .. })
    }

    /// The argument that is the body as it came.
    pub fn raw_body(&self) -> Option<&'static Parameter> {
        self.parameters.iter().find(|parameter| parameter.location == Location::RawBody)
    }

    /// The parameter with this name.
    pub fn parameter(&self, name: &str) -> Option<&'static Parameter> {
        self.parameters.iter().find(|parameter| parameter.name == name)
    }
}

/// The HTTP methods that an operation can have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Method {
    Get,
    Post,
    Put,
    Patch,
    Delete,
}

impl Method {
    /// As HTTP spells it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Patch => "PATCH",
            Self::Delete => "DELETE",
        }
    }
}

/// Which nodes an operation runs on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    /// The node that the request reached.
    Here,
    /// Every member; with `only` naming an optional parameter, one member where it is given.
    AllNodes {
        /// The parameter that narrows to one node.
        only: Option<&'static str>,
    },
    /// The node that a parameter names.
    Node {
        /// The parameter.
        parameter: &'static str,
    },
    /// The node that owns what a required parameter names; found out by
    /// [`Cluster::owner`](crate::membership::Cluster::owner).
    Owner {
        /// The parameter.
        parameter: &'static str,
    },
    /// Any one node: here if possible.
    Any,
}

/// How many nodes of a fan-out must answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Require {
    /// One.
    Any,
    /// More than half of the members.
    Majority,
    /// All; with one missing, nothing is executed.
    All,
}

/// In which verdicts an operation may run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Partition {
    /// In every one.
    Any,
    /// Only where this node is sure to be with the majority.
    Majority,
}

/// What one node lets one operation take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// The largest request body, in bytes.
    pub body_bytes_max: usize,
    /// How many may run at once; `None`: as many as come.
    pub concurrency: Option<u32>,
    /// How often it may start; `None`: as often as it is asked to.
    pub rate: Option<Rate>,
}

impl Limits {
    /// What holds where an operation says nothing.
    pub const DEFAULT: Self =
        Self { body_bytes_max: BODY_BYTES_MAX, concurrency: None, rate: None };
}

/// So many in such a time, on one node.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    /// How many.
    pub count: u32,
    /// In which time.
    pub per: Duration,
}

impl Limits {
    /// Whether a node has to count for them.
    pub(crate) const fn are_counted(&self) -> bool {
        self.concurrency.is_some() || self.rate.is_some()
    }
}

/// The beginning of a day (UTC), in the forms that it is shown in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Date {
    /// As `2027-03-01`.
    pub day: &'static str,
    /// As a structured date of HTTP (RFC 9651): `@1803859200`.
    pub structured: &'static str,
    /// As a date of HTTP (RFC 9110): `Mon, 01 Mar 2027 00:00:00 GMT`.
    pub http: &'static str,
}

/// How often an operation answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answers {
    /// Once.
    Once,
    /// A stream of events.
    Stream {
        /// Whether its events have ids, so that a client can resume after one.
        is_resumable: bool,
    },
}

/// The versions of the API that have an operation.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Versions {
    /// The first one; `None`: it was always there.
    pub since: Option<Version>,
    /// The first one without it; `None`: it stays.
    pub until: Option<Version>,
    /// The name of the operation that takes its place.
    pub replaced_by: Option<&'static str>,
}

/// A version of the API, as `1.4`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Version {
    /// Before the dot: clients break when it changes.
    pub major: u16,
    /// Behind the dot.
    pub minor: u16,
}

/// One error of a user's own error type, as the documentation shows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ErrorCase {
    /// Its code, `<crate>.<code>`.
    pub code: &'static str,
    /// Its HTTP status, 400 to 599.
    pub status: u16,
    /// When it is given.
    pub description: &'static str,
}

/// The role that an operation needs; each includes the ones before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Access {
    /// Looks.
    Read,
    /// Changes what the user's program does.
    Operate,
    /// Changes the cluster itself, or destroys.
    Admin,
}

/// One argument of an operation.
#[derive(Clone, Copy, Debug)]
pub struct Parameter {
    /// Its name in requests.
    pub name: &'static str,
    /// Where it comes from.
    pub location: Location,
    /// Its doc comment.
    pub description: &'static str,
    /// The schema of its type.
    pub schema: fn(&mut SchemaGenerator) -> Schema,
    /// Whether its type has a value for "not given".
    pub is_optional: fn() -> bool,
    /// What its value must obey.
    pub rules: &'static [Rule],
    /// Its value where it is not given.
    pub default: Option<fn() -> Value>,
    /// An example for the documentation.
    pub example: Option<fn() -> Value>,
    /// Whether clients should stop sending it.
    pub is_deprecated: bool,
    /// The only media type of a raw body; `None`: any.
    pub media_type: Option<&'static str>,
}

impl Parameter {
    /// Whether a request without it is refused.
    pub fn is_required(&self) -> bool {
        self.default.is_none() && !(self.is_optional)()
    }
}

/// Where an argument comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Location {
    /// A segment of the path.
    Path,
    /// The query.
    Query,
    /// A header.
    Header,
    /// A field of the JSON body.
    Body,
    /// The whole JSON body.
    WholeBody,
    /// The body as it came, which need not be JSON.
    RawBody,
}

impl Location {
    /// Whether it is read from the body.
    pub const fn is_in_body(self) -> bool {
        matches!(self, Self::Body | Self::WholeBody | Self::RawBody)
    }

    /// As violations name it.
    pub const fn place(self) -> ViolationPlace {
        match self {
            Self::Path => ViolationPlace::Path,
            Self::Query => ViolationPlace::Query,
            Self::Header => ViolationPlace::Header,
            Self::Body | Self::WholeBody | Self::RawBody => ViolationPlace::Body,
        }
    }
}

/// What a value must obey: a keyword of its schema and a check at run time.
#[derive(Clone, Copy, Debug)]
pub enum Rule {
    /// A number between bounds, both included.
    Range {
        /// The least.
        min: Option<Number>,
        /// The greatest.
        max: Option<Number>,
    },
    /// The characters of a text or the items of a list, bounds included.
    Length {
        /// The fewest.
        min: Option<usize>,
        /// The most.
        max: Option<usize>,
    },
    /// A text that matches a regular expression (anchored only where it says so).
    Pattern(&'static Pattern),
    /// What each item of a list must obey.
    Items(&'static [Self]),
}

/// A bound of a range.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Number {
    /// For whole numbers.
    Integer(i128),
    /// For numbers with a fraction.
    Float(f64),
}

impl Number {
    /// The bound that a constant stands for, given once as a whole number and once as a float.
    #[doc(hidden)]
    #[expect(clippy::cast_precision_loss, reason = "compares what the constant was cast to")]
    #[expect(clippy::float_cmp, reason = "a whole number is the same either way")]
    pub const fn of_constant(integer: i128, float: f64) -> Self {
        if integer as f64 == float { Self::Integer(integer) } else { Self::Float(float) }
    }
}

/// A value that the node must have been given when it was built.
#[derive(Debug)]
pub struct StateRequirement {
    /// The type, as Rust names it.
    pub type_name: fn() -> &'static str,
    /// Whether the node has it.
    pub is_present: fn(&Services) -> bool,
}

/// Where an operation was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Source {
    /// `CARGO_PKG_NAME` of its crate.
    pub package: &'static str,
    /// `file!()`.
    pub file: &'static str,
    /// `line!()`.
    pub line: u32,
}

/// What `inventory` collects.
#[doc(hidden)]
#[derive(Debug)]
pub struct Registration(pub &'static OperationSpec);

inventory::collect!(Registration);
