//! The document in OpenAPI 3.0, for generators of clients that know no later version.
//!
//! Schemas are said in older words; what 3.0 has no word for is left out, so that a schema may allow
//! more there than in 3.1, and never less.

use schemars::{
    Schema,
    generate::SchemaSettings,
    transform::{RecursiveTransform, Transform, transform_subschemas},
};
use serde_json::{Map, Value, json};

/// The version of the specification.
const VERSION: &str = "3.0.3";

/// What a schema of 3.0 may say, beside extensions.
const KEYWORDS: [&str; 35] = [
    "$ref",
    "additionalProperties",
    "allOf",
    "anyOf",
    "default",
    "deprecated",
    "description",
    "discriminator",
    "enum",
    "example",
    "exclusiveMaximum",
    "exclusiveMinimum",
    "externalDocs",
    "format",
    "items",
    "maxItems",
    "maxLength",
    "maxProperties",
    "maximum",
    "minItems",
    "minLength",
    "minProperties",
    "minimum",
    "multipleOf",
    "not",
    "nullable",
    "oneOf",
    "pattern",
    "properties",
    "readOnly",
    "required",
    "title",
    "type",
    "uniqueItems",
    "writeOnly",
];

/// Turns a document of 3.1 into one of 3.0.
pub(super) fn lower(document: &mut Value) {
    let mut lowering = Lowering::new();
    if let Some(version) = document.get_mut("openapi") {
        *version = VERSION.into();
    }
    if let Some(Value::Object(definitions)) = document.pointer_mut("/components/schemas") {
        definitions.values_mut().for_each(|schema| lowering.lower(schema));
    }
    if let Some(Value::Object(paths)) = document.pointer_mut("/paths") {
        let operations = paths.values_mut().filter_map(Value::as_object_mut);
        operations.flat_map(Map::values_mut).for_each(name_errors);
    }
    for place in
        ["/paths", "/components/parameters", "/components/headers", "/components/responses"]
    {
        if let Some(place) = document.pointer_mut(place) {
            lowering.lower_inside(place);
        }
    }
}

/// Errors that cannot be taken for a success: `default` means any status.
fn name_errors(operation: &mut Value) {
    let Some(Value::Object(responses)) = operation.get_mut("responses") else { return };
    if let Some(others) = responses.remove("default") {
        responses.insert(String::from("4XX"), others.clone());
        responses.insert(String::from("5XX"), others);
    }
}

/// What is done to each schema, in this order.
struct Lowering {
    transforms: Vec<Box<dyn Transform>>,
}

impl Lowering {
    fn new() -> Self {
        let mut transforms: Vec<Box<dyn Transform>> =
            vec![Box::new(RecursiveTransform(restate)), Box::new(RestateBooleans)];
        for transform in SchemaSettings::openapi3().transforms {
            transforms.push(transform);
        }
        transforms.push(Box::new(RecursiveTransform(keep_known)));
        Self { transforms }
    }

    fn lower(&mut self, schema: &mut Value) {
        if let Ok(schema) = <&mut Schema>::try_from(schema) {
            for transform in &mut self.transforms {
                transform.transform(schema);
            }
        }
    }

    /// Lowers the schemas of parameters, headers and media types, wherever they stand.
    fn lower_inside(&mut self, value: &mut Value) {
        match value {
            Value::Object(members) => {
                for (key, member) in members {
                    match key.as_str() {
                        "schema" => self.lower(member),
                        "example" | "examples" => {}
                        _ => self.lower_inside(member),
                    }
                }
            }
            Value::Array(items) => items.iter_mut().for_each(|item| self.lower_inside(item)),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }
}

/// Says in words of 3.0 what it can say, but differently.
fn restate(schema: &mut Schema) {
    let Some(keywords) = schema.as_object_mut() else { return };
    restate_tuple(keywords);
    restate_named_by_pattern(keywords);
    restate_types(keywords);
    restate_bound(keywords, "minimum", "exclusiveMinimum");
    restate_bound(keywords, "maximum", "exclusiveMaximum");
    if keywords.remove("contentEncoding").is_some_and(|encoding| encoding == "base64") {
        keywords.entry("format").or_insert_with(|| "byte".into());
    }
}

/// A list of this length, each item of which is like one of the tuple.
fn restate_tuple(keywords: &mut Map<String, Value>) {
    if let Some(Value::Array(items)) = keywords.remove("prefixItems") {
        keywords.insert(String::from("items"), any_of(items));
    } else if keywords.get("type").is_some_and(|kind| kind == "array") {
        keywords.entry("items").or_insert_with(|| json!({}));
    }
}

/// Fields whose names follow a pattern: their values are as said, their names are not.
fn restate_named_by_pattern(keywords: &mut Map<String, Value>) {
    let Some(Value::Object(by_pattern)) = keywords.remove("patternProperties") else { return };
    let mut values: Vec<Value> = by_pattern.into_iter().map(|(_, schema)| schema).collect();
    match keywords.remove("additionalProperties") {
        Some(Value::Bool(false)) => {}
        Some(others) => values.push(others),
        None => values.push(true.into()),
    }
    keywords.insert(String::from("additionalProperties"), any_of(values));
}

/// Several types: one choice for each. A type or null is no choice but nullable.
fn restate_types(keywords: &mut Map<String, Value>) {
    let Some(Value::Array(kinds)) = keywords.get("type") else { return };
    if kinds.iter().filter(|kind| *kind != "null").count() < 2 {
        return;
    }
    let choices: Vec<Value> = kinds.iter().map(|kind| json!({ "type": kind })).collect();
    keywords.remove("type");
    if keywords.contains_key("anyOf") {
        let all = keywords.entry("allOf").or_insert_with(|| json!([]));
        if let Value::Array(all) = all {
            all.push(any_of(choices));
        }
    } else {
        keywords.insert(String::from("anyOf"), choices.into());
    }
}

/// In 3.0 `exclusiveMinimum` says only that `minimum` itself is too little.
fn restate_bound(keywords: &mut Map<String, Value>, inclusive: &str, exclusive: &str) {
    let Some(bound) = keywords.get(exclusive).and_then(Value::as_f64) else { return };
    let is_stricter = match (inclusive, keywords.get(inclusive).and_then(Value::as_f64)) {
        (_, None) => true,
        ("minimum", Some(other)) => bound >= other,
        (_, Some(other)) => bound <= other,
    };
    if let (Some(bound), true) = (keywords.remove(exclusive), is_stricter) {
        keywords.insert(inclusive.to_owned(), bound);
        keywords.insert(exclusive.to_owned(), true.into());
    }
}

/// One schema that allows what any of these allows.
fn any_of(schemas: Vec<Value>) -> Value {
    let mut different: Vec<Value> = Vec::new();
    for schema in schemas {
        if !different.contains(&schema) {
            different.push(schema);
        }
    }
    match <[Value; 1]>::try_from(different) {
        Ok([only]) => only,
        Err(none) if none.is_empty() => json!({}),
        Err(several) => json!({ "anyOf": several }),
    }
}

/// The schema `true` becomes `{}`. schemars does so too, but not inside of `additionalProperties`.
struct RestateBooleans;

impl Transform for RestateBooleans {
    fn transform(&mut self, schema: &mut Schema) {
        const OTHERS: &str = "additionalProperties";
        let keywords = schema.ensure_object();
        let allowed = keywords.get(OTHERS).and_then(Value::as_bool);
        if allowed.is_some() {
            keywords.remove(OTHERS);
        }
        transform_subschemas(self, schema);
        if let Some(allowed) = allowed {
            schema.insert(OTHERS.to_owned(), allowed.into());
        }
    }
}

fn keep_known(schema: &mut Schema) {
    if let Some(keywords) = schema.as_object_mut() {
        keywords.retain(|key, _| KEYWORDS.contains(&key.as_str()) || key.starts_with("x-"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lowered(mut schema: Value) -> Value {
        Lowering::new().lower(&mut schema);
        schema
    }

    #[test]
    fn what_3_0_can_say_is_said_in_its_words() {
        let cases = [
            (json!({ "type": ["string", "null"] }), json!({ "type": "string", "nullable": true })),
            (
                json!({ "type": ["string", "integer"], "description": "x" }),
                json!({ "anyOf": [{ "type": "string" }, { "type": "integer" }], "description": "x" }),
            ),
            (json!({ "const": "a", "type": "string" }), json!({ "enum": ["a"], "type": "string" })),
            (
                json!({ "$ref": "#/x", "description": "x" }),
                json!({ "allOf": [{ "$ref": "#/x" }], "description": "x" }),
            ),
            (json!({ "examples": ["a", "b"] }), json!({ "example": "a" })),
            (
                json!({ "type": "number", "exclusiveMinimum": 0, "minimum": -1 }),
                json!({ "type": "number", "exclusiveMinimum": true, "minimum": 0 }),
            ),
            (
                json!({ "type": "number", "exclusiveMaximum": 9, "maximum": 8 }),
                json!({ "type": "number", "maximum": 8 }),
            ),
            (
                json!({ "type": "string", "contentEncoding": "base64" }),
                json!({ "type": "string", "format": "byte" }),
            ),
            (json!(true), json!({})),
            (json!({ "properties": { "x": true } }), json!({ "properties": { "x": {} } })),
        ];
        for (given, expected) in cases {
            assert_eq!(lowered(given.clone()), expected, "{given}");
        }
    }

    #[test]
    fn tuples_and_names_by_pattern_allow_at_least_what_they_did() {
        let (text, number) = (json!({ "type": "string" }), json!({ "type": "integer" }));
        let tuple = json!({ "type": "array", "prefixItems": [text, number, text], "minItems": 3 });
        assert_eq!(
            lowered(tuple),
            json!({ "type": "array", "items": { "anyOf": [text, number] }, "minItems": 3 })
        );
        let map = json!({ "patternProperties": { "^a": text }, "additionalProperties": false });
        assert_eq!(lowered(map), json!({ "additionalProperties": text }));
        let open = json!({ "patternProperties": { "^a": text } });
        assert_eq!(lowered(open), json!({ "additionalProperties": { "anyOf": [text, {}] } }));
    }

    #[test]
    fn an_unnamed_error_is_no_success() {
        let mut operation = json!({ "responses": { "201": {}, "404": {}, "default": {} } });
        name_errors(&mut operation);
        assert_eq!(operation["responses"], json!({ "201": {}, "404": {}, "4XX": {}, "5XX": {} }));
    }

    #[test]
    fn what_3_0_has_no_word_for_is_left_out_at_any_depth() {
        let given =
            json!({ "items": { "contains": true, "x-kept": 1 }, "if": {}, "type": "array" });
        assert_eq!(lowered(given), json!({ "items": { "x-kept": 1 }, "type": "array" }));
    }
}
