//! An operation as the catalogue shows it.

use arsenal_core::{
    duration::milliseconds,
    openapi,
    spec::{Access, ErrorCase, Limits, OperationSpec, Target},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// An operation, in a list.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct OperationInfo {
    /// Its permanent name.
    pub name: String,
    /// The group that it is listed in.
    pub tag: String,
    /// The HTTP method.
    pub method: String,
    /// The path template.
    pub path: String,
    /// Further path templates that lead to it.
    pub aliases: Vec<String>,
    /// What it does, in a sentence.
    pub summary: String,
    /// The role that it needs: `read`, `operate` or `admin`.
    pub access: String,
    /// Where it runs: `here`, `all_nodes`, `node`, `owner` or `any`.
    pub target: String,
    /// How long it may take, in ms.
    pub timeout_ms: u64,
    /// Whether clients should stop using it.
    pub deprecated: bool,
    /// The first version of the API that has it; absent: it was always there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<String>,
    /// The first version of the API without it; absent: it stays.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<String>,
    /// The operation that takes its place.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replaced_by: Option<String>,
    /// The package that it comes from.
    pub package: String,
}

/// What one node lets an operation take.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct OperationLimits {
    /// The largest request body, in bytes.
    pub body_bytes_max: usize,
    /// How many may run at once; absent: as many as come.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub concurrency: Option<u32>,
    /// How often it may start; absent: as often as it is asked to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rate: Option<OperationRate>,
}

/// So many in such a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct OperationRate {
    /// How many.
    pub count: u32,
    /// In how many ms.
    pub per_ms: u64,
}

/// An error of its own that an operation can give.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct OperationErrorCase {
    /// Its code.
    pub code: String,
    /// Its HTTP status.
    pub status: u16,
    /// When it is given.
    pub description: String,
}

/// An operation with its schemas.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct OperationDetail {
    /// What lists show.
    pub operation: OperationInfo,
    /// What it does, in full.
    pub description: String,
    /// What one node lets it take.
    pub limits: OperationLimits,
    /// The errors of its own, beside those that every operation can give.
    pub errors: Vec<OperationErrorCase>,
    /// JSON Schema of all parameters as one object.
    pub input_schema: Map<String, Value>,
    /// JSON Schema of the answer.
    pub output_schema: Map<String, Value>,
}

impl From<&'static OperationSpec> for OperationInfo {
    fn from(spec: &'static OperationSpec) -> Self {
        let access = match spec.access {
            Access::Read => "read",
            Access::Operate => "operate",
            Access::Admin => "admin",
        };
        let target = match spec.target {
            Target::Here => "here",
            Target::AllNodes { .. } => "all_nodes",
            Target::Node { .. } => "node",
            Target::Owner { .. } => "owner",
            Target::Any => "any",
        };
        Self {
            name: spec.name.to_owned(),
            tag: spec.tag.to_owned(),
            method: spec.method.as_str().to_owned(),
            path: spec.path.to_owned(),
            aliases: spec.aliases.iter().map(|alias| (*alias).to_owned()).collect(),
            summary: spec.summary.to_owned(),
            access: access.to_owned(),
            target: target.to_owned(),
            timeout_ms: milliseconds(spec.timeout),
            deprecated: spec.is_deprecated,
            since: spec.versions.since.map(|version| version.to_string()),
            until: spec.versions.until.map(|version| version.to_string()),
            replaced_by: spec.versions.replaced_by.map(str::to_owned),
            package: spec.source.package.to_owned(),
        }
    }
}

impl From<&'static OperationSpec> for OperationDetail {
    fn from(spec: &'static OperationSpec) -> Self {
        Self {
            operation: spec.into(),
            description: spec.description.to_owned(),
            limits: spec.limits.into(),
            errors: (spec.error_cases)().iter().map(OperationErrorCase::from).collect(),
            input_schema: openapi::input_schema(spec),
            output_schema: openapi::output_schema(spec),
        }
    }
}

impl From<Limits> for OperationLimits {
    fn from(limits: Limits) -> Self {
        let rate = limits
            .rate
            .map(|rate| OperationRate { count: rate.count, per_ms: milliseconds(rate.per) });
        Self { body_bytes_max: limits.body_bytes_max, concurrency: limits.concurrency, rate }
    }
}

impl From<&ErrorCase> for OperationErrorCase {
    fn from(case: &ErrorCase) -> Self {
        Self {
            code: case.code.to_owned(),
            status: case.status,
            description: case.description.to_owned(),
        }
    }
}
