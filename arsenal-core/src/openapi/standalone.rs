//! Schemas of one operation or type by itself, for surfaces that show it without the document.

use schemars::{Schema, SchemaGenerator};
use serde_json::{Map, Value};

use super::{
    answer, body,
    schemas::{Contract, Schemas, keywords},
};
use crate::spec::{OperationSpec, Parameter};

/// All parameters as one JSON object, whatever their location: what `Arguments::Json` takes.
/// Definitions stand under `$defs`.
pub fn input_schema(spec: &'static OperationSpec) -> Map<String, Value> {
    parameters_schema(spec.parameters)
}

/// The same for any list of parameters, as that of a blueprint.
pub fn parameters_schema(parameters: &'static [Parameter]) -> Map<String, Value> {
    let mut schemas = Schemas::standalone(Contract::Read);
    let schema = schemas.of(|generator| body::object(parameters.iter(), generator));
    with_definitions(schema, schemas)
}

/// The whole answer, as the surfaces give it. Definitions stand under `$defs`.
pub fn output_schema(spec: &'static OperationSpec) -> Map<String, Value> {
    let mut schemas = Schemas::standalone(Contract::Written);
    let schema = answer::schema(spec, &mut schemas);
    with_definitions(schema, schemas)
}

/// What is read, as a schema of its own: `make` may refer to types. Definitions stand under `$defs`.
pub fn read_schema(make: impl FnOnce(&mut SchemaGenerator) -> Schema) -> Map<String, Value> {
    let mut schemas = Schemas::standalone(Contract::Read);
    let schema = schemas.of(make);
    with_definitions(schema, schemas)
}

/// The same of what is written.
pub fn written_schema(make: impl FnOnce(&mut SchemaGenerator) -> Schema) -> Map<String, Value> {
    let mut schemas = Schemas::standalone(Contract::Written);
    let schema = schemas.of(make);
    with_definitions(schema, schemas)
}

fn with_definitions(schema: Value, schemas: Schemas) -> Map<String, Value> {
    let definitions = schemas.into_definitions();
    let mut keywords = keywords(schema);
    if !definitions.is_empty() {
        keywords.insert(String::from("$defs"), Value::Object(definitions));
    }
    keywords
}
