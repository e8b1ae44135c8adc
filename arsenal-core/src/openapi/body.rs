//! The request body of an operation.

use serde_json::{Map, Value, json};

use super::{parameter, schemas::Schemas};
use crate::spec::{Location, OperationSpec, Parameter};

/// The media type of requests and answers.
pub(super) const JSON: &str = "application/json";

/// The request body object: one JSON object of fields, or the one argument that is the whole body.
pub(super) fn request_body(spec: &'static OperationSpec, schemas: &mut Schemas) -> Value {
    let mut in_body = spec.parameters.iter().filter(|parameter| parameter.location.is_in_body());
    let is_required = in_body.clone().any(Parameter::is_required);
    let whole = in_body.find(|parameter| parameter.location == Location::WholeBody);
    let (description, schema) = match whole {
        Some(whole) => (parameter::description(whole), parameter::property(whole, schemas)),
        None => {
            let fields = spec.parameters.iter().filter(|p| p.location == Location::Body);
            (String::from("The arguments."), object(fields, schemas))
        }
    };
    json!({
        "description": description,
        "required": is_required,
        "content": { JSON: { "schema": schema } },
    })
}

/// The schema of an object with these fields and no others.
pub(super) fn object(
    fields: impl Iterator<Item = &'static Parameter>,
    schemas: &mut Schemas,
) -> Value {
    let mut properties = Map::new();
    let mut required = Vec::new();
    for field in fields {
        if field.is_required() {
            required.push(field.name);
        }
        properties.insert(field.name.to_owned(), parameter::property(field, schemas));
    }
    let mut object = json!({
        "type": "object",
        "properties": properties,
        "additionalProperties": false,
    });
    if let (Value::Object(keywords), false) = (&mut object, required.is_empty()) {
        keywords.insert(String::from("required"), json!(required));
    }
    object
}
