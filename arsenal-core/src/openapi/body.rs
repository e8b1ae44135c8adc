//! The request body of an operation.

use schemars::{Schema, SchemaGenerator, generate::Contract};
use serde_json::{Map, Value, json};

use super::{
    parameter,
    schemas::{IS_ENFORCED, Schemas, has_rules},
};
use crate::{
    answer::JSON_MEDIA_TYPE,
    spec::{Location, OperationSpec, Parameter, Rule},
};

/// The media type of a raw body that may be of any.
const BYTES: &str = "application/octet-stream";

/// The request body object: one JSON object of fields, the one argument that is the whole body, or
/// bytes.
pub(super) fn request_body(spec: &'static OperationSpec, schemas: &mut Schemas) -> Value {
    let mut in_body = spec.parameters.iter().filter(|parameter| parameter.location.is_in_body());
    let is_required = in_body.clone().any(Parameter::is_required);
    let alone = in_body.find(|parameter| parameter.location != Location::Body);
    let (media_type, description, schema) = match alone {
        Some(raw) if raw.location == Location::RawBody => {
            (raw.media_type.unwrap_or(BYTES), parameter::description(raw), bytes(raw))
        }
        Some(whole) => {
            let schema = schemas.of(|generator| parameter::property(whole, generator));
            (JSON_MEDIA_TYPE, parameter::description(whole), schema)
        }
        None => {
            let fields = spec.parameters.iter().filter(|p| p.location == Location::Body);
            let schema = schemas.of(|generator| object(fields, generator));
            (JSON_MEDIA_TYPE, String::from("The arguments."), schema)
        }
    };
    json!({
        "description": description,
        "required": is_required,
        "content": { media_type: { "schema": schema } },
    })
}

/// The schema of an object with these fields and no others.
pub(crate) fn object(
    fields: impl Iterator<Item = &'static Parameter>,
    generator: &mut SchemaGenerator,
) -> Schema {
    let is_read = *generator.contract() == Contract::Deserialize;
    let mut properties = Map::new();
    let mut required = Vec::new();
    for field in fields {
        // What is answered is there, whatever need not be sent.
        if field.is_required() || !is_read {
            required.push(field.name);
        }
        let property = parameter::property(field, generator);
        properties.insert(field.name.to_owned(), property.to_value());
    }
    let mut keywords = Map::from_iter([
        (String::from("type"), "object".into()),
        (String::from("properties"), Value::Object(properties)),
    ]);
    if is_read {
        keywords.insert(String::from("additionalProperties"), false.into());
    }
    if !has_rules(generator) {
        keywords.insert(IS_ENFORCED.to_owned(), true.into());
    }
    if !required.is_empty() {
        keywords.insert(String::from("required"), json!(required));
    }
    keywords.into()
}

/// The schema of a raw body, whose length counts bytes.
fn bytes(parameter: &Parameter) -> Value {
    let mut schema = json!({ "type": "string", "format": "binary" });
    for rule in parameter.rules {
        if let (Rule::Length { min, max }, Some(keywords)) = (rule, schema.as_object_mut()) {
            let bounds = [("minLength", min), ("maxLength", max)];
            let bounds = bounds.into_iter().filter_map(|(name, bound)| Some((name, (*bound)?)));
            keywords.extend(bounds.map(|(name, bound)| (name.to_owned(), bound.into())));
        }
    }
    schema
}
