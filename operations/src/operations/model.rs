//! An operation as the catalogue shows it.

use arsenal_core::{
    openapi,
    spec::{Access, OperationSpec, Target},
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
    /// Where it runs: `here`, `all_nodes`, `node` or `any`.
    pub target: String,
    /// How long it may take, in ms.
    pub timeout_ms: u64,
    /// Whether clients should stop using it.
    pub deprecated: bool,
    /// The package that it comes from.
    pub package: String,
}

/// An operation with its schemas.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct OperationDetail {
    /// What lists show.
    pub operation: OperationInfo,
    /// What it does, in full.
    pub description: String,
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
            timeout_ms: u64::try_from(spec.timeout.as_millis()).unwrap_or(u64::MAX),
            deprecated: spec.is_deprecated,
            package: spec.source.package.to_owned(),
        }
    }
}

impl From<&'static OperationSpec> for OperationDetail {
    fn from(spec: &'static OperationSpec) -> Self {
        Self {
            operation: spec.into(),
            description: spec.description.to_owned(),
            input_schema: openapi::input_schema(spec),
            output_schema: openapi::output_schema(spec),
        }
    }
}
