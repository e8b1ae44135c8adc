//! One parameter: what its type says, and beside it the rules and the default of the argument.

use schemars::{Schema, SchemaGenerator};
use serde_json::{Map, Value, json};

use super::schemas::{Schemas, has_rules, keywords};
use crate::spec::{Location, Number, Parameter, Rule};

/// The parameter object of a value in path, query or header.
pub(super) fn parameter(parameter: &Parameter, schemas: &mut Schemas) -> Value {
    let schema = schemas.of(|generator| schema(parameter, generator));
    let mut object = Map::from_iter([
        (String::from("name"), parameter.name.into()),
        (String::from("in"), place(parameter.location).into()),
        (String::from("required"), parameter.is_required().into()),
        (String::from("description"), description(parameter).into()),
        (String::from("schema"), without_null(schema)),
    ]);
    if let Some(example) = parameter.example {
        object.insert(String::from("example"), example());
    }
    object.extend(deprecated(parameter));
    Value::Object(object)
}

/// The schema of a value inside of a JSON object.
pub(super) fn property(parameter: &Parameter, generator: &mut SchemaGenerator) -> Schema {
    let mut property = keywords(schema(parameter, generator).to_value());
    property.insert(String::from("description"), description(parameter).into());
    if let Some(example) = parameter.example {
        property.insert(String::from("examples"), json!([example()]));
    }
    property.extend(deprecated(parameter));
    property.into()
}

/// The doc comment of the argument; without one, a sentence made of its name.
pub(super) fn description(parameter: &Parameter) -> String {
    if parameter.description.is_empty() {
        format!("The {}.", parameter.name.replace(['_', '-'], " "))
    } else {
        parameter.description.to_owned()
    }
}

fn deprecated(parameter: &Parameter) -> Option<(String, Value)> {
    parameter.is_deprecated.then(|| (String::from("deprecated"), true.into()))
}

fn place(location: Location) -> &'static str {
    match location {
        Location::Path => "path",
        Location::Header => "header",
        Location::Query | Location::Body | Location::WholeBody | Location::RawBody => "query",
    }
}

fn schema(parameter: &Parameter, generator: &mut SchemaGenerator) -> Schema {
    let schema = (parameter.schema)(generator);
    if parameter.rules.is_empty() && parameter.default.is_none() {
        return schema;
    }
    let mut keywords = keywords(schema.to_value());
    // The length of a raw body is not that of its base64.
    if parameter.location != Location::RawBody && has_rules(generator) {
        add_rules(&mut keywords, parameter.rules, generator);
    }
    if let Some(default) = parameter.default {
        keywords.insert(String::from("default"), default());
    }
    keywords.into()
}

fn add_rules(keywords: &mut Map<String, Value>, rules: &[Rule], generator: &SchemaGenerator) {
    let is_list = is_list(keywords, generator);
    for rule in rules {
        match rule {
            Rule::Items(rules) => {
                let items = keywords.remove("items").and_then(|items| items.as_object().cloned());
                let mut items = items.unwrap_or_default();
                add_rules(&mut items, rules, generator);
                keywords.insert(String::from("items"), Value::Object(items));
            }
            Rule::Range { min, max } => {
                set(keywords, "minimum", min.and_then(number));
                set(keywords, "maximum", max.and_then(number));
            }
            Rule::Length { min, max } => {
                let [low, high] =
                    if is_list { ["minItems", "maxItems"] } else { ["minLength", "maxLength"] };
                set(keywords, low, min.map(Value::from));
                set(keywords, high, max.map(Value::from));
            }
            Rule::Pattern(pattern) => set(keywords, "pattern", Some(pattern.as_str().into())),
        }
    }
}

fn set(keywords: &mut Map<String, Value>, name: &str, value: Option<Value>) {
    if let Some(value) = value {
        keywords.insert(name.to_owned(), value);
    }
}

/// A bound beyond 64 bits has no place in JSON; the check at run time still holds.
fn number(number: Number) -> Option<Value> {
    match number {
        Number::Integer(integer) => serde_json::Number::from_i128(integer).map(Value::Number),
        Number::Float(float) => serde_json::Number::from_f64(float).map(Value::Number),
    }
}

/// Whether lengths count items: its type, or what it refers to, is an array.
fn is_list(schema: &Map<String, Value>, generator: &SchemaGenerator) -> bool {
    let is_array = |kind: &Value| kind == "array";
    let named = schema
        .get("$ref")
        .and_then(Value::as_str)
        .and_then(|target| generator.definitions().get(target.rsplit('/').next()?));
    let choices = schema.get("anyOf").and_then(Value::as_array);
    schema.get("type").is_some_and(|kind| {
        is_array(kind) || kind.as_array().is_some_and(|kinds| kinds.iter().any(is_array))
    }) || named.is_some_and(|definition| definition.get("type").is_some_and(is_array))
        || choices.is_some_and(|choices| {
            choices.iter().filter_map(Value::as_object).any(|choice| is_list(choice, generator))
        })
}

/// In path, query and header a value is absent or given, never null.
fn without_null(schema: Value) -> Value {
    let Value::Object(mut keywords) = schema else { return schema };
    if let Some(Value::Array(kinds)) = keywords.get_mut("type") {
        kinds.retain(|kind| kind != "null");
        if let [only] = kinds.as_slice() {
            let only = only.clone();
            keywords.insert(String::from("type"), only);
        }
    }
    if let Some(Value::Array(values)) = keywords.get_mut("enum") {
        values.retain(|value| !value.is_null());
    }
    if let Some(Value::Array(choices)) = keywords.get_mut("anyOf") {
        choices.retain(|choice| choice.get("type").is_none_or(|kind| kind != "null"));
        if let [Value::Object(only)] = choices.as_slice() {
            let only = only.clone();
            keywords.remove("anyOf");
            // What stands around the choice is said of the argument and goes before.
            return Value::Object(only.into_iter().chain(keywords).collect());
        }
    }
    if keywords.get("default").is_some_and(Value::is_null) {
        keywords.remove("default");
    }
    Value::Object(keywords)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_null_is_no_choice_outside_of_a_body() {
        let cases = [
            (json!({ "type": ["string", "null"] }), json!({ "type": "string" })),
            (
                json!({ "anyOf": [{ "$ref": "#/x" }, { "type": "null" }], "minLength": 1 }),
                json!({ "$ref": "#/x", "minLength": 1 }),
            ),
            (
                json!({ "type": ["string", "null"], "enum": ["a", null] }),
                json!({ "type": "string", "enum": ["a"] }),
            ),
            (json!(true), json!(true)),
        ];
        for (given, expected) in cases {
            assert_eq!(without_null(given), expected);
        }
    }
}
