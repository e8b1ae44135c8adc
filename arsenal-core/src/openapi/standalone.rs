//! Schemas of one operation by itself, for surfaces that show it without the document.

use serde_json::Value;

use super::{
    answer, body,
    schemas::{Contract, Schemas, keywords},
};
use crate::spec::OperationSpec;

/// All parameters as one JSON object, whatever their location: what `Arguments::Json` takes.
/// Definitions stand under `$defs`.
pub fn input_schema(spec: &'static OperationSpec) -> Value {
    let mut schemas = Schemas::standalone(Contract::Read);
    let schema = body::object(spec.parameters.iter(), &mut schemas);
    with_definitions(schema, schemas)
}

/// The whole answer, as the surfaces give it. Definitions stand under `$defs`.
pub fn output_schema(spec: &'static OperationSpec) -> Value {
    let mut schemas = Schemas::standalone(Contract::Written);
    let schema = answer::schema(spec, &mut schemas);
    with_definitions(schema, schemas)
}

fn with_definitions(schema: Value, schemas: Schemas) -> Value {
    let definitions = schemas.into_definitions();
    let mut keywords = keywords(schema);
    if !definitions.is_empty() {
        keywords.insert(String::from("$defs"), Value::Object(definitions));
    }
    Value::Object(keywords)
}
