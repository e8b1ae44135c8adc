//! A blueprint as the catalogue shows it.

use arsenal_cluster::blueprint::BlueprintSpec;
use arsenal_core::openapi;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// A blueprint, in a list.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct BlueprintInfo {
    /// Its name.
    pub name: String,
    /// What it starts, in a sentence.
    pub summary: String,
    /// The package that it comes from.
    pub package: String,
}

/// A blueprint with the schema of its arguments.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct BlueprintDetail {
    /// What lists show.
    pub blueprint: BlueprintInfo,
    /// What it starts, in full.
    pub description: String,
    /// JSON Schema of its arguments as one object.
    pub arguments_schema: Map<String, Value>,
}

impl From<&BlueprintSpec> for BlueprintInfo {
    fn from(spec: &BlueprintSpec) -> Self {
        Self {
            name: spec.name.to_owned(),
            summary: spec.summary.to_owned(),
            package: spec.source.package.to_owned(),
        }
    }
}

impl From<&'static BlueprintSpec> for BlueprintDetail {
    fn from(spec: &'static BlueprintSpec) -> Self {
        Self {
            blueprint: spec.into(),
            description: spec.description.to_owned(),
            arguments_schema: openapi::parameters_schema(spec.parameters),
        }
    }
}
