//! Parameters whose types do not fit the place that they are read from.

use serde_json::{Map, Value};

use super::error::whence;
use crate::{
    openapi::{Contract, Schemas},
    spec::{Location, OperationSpec, Parameter},
};

/// Everything of that kind in a catalogue.
pub(super) fn problems(operations: &[&'static OperationSpec]) -> Vec<String> {
    let each = operations.iter().flat_map(|spec| {
        let found = spec.parameters.iter().filter_map(problem);
        found.map(|it| format!("{}: {it}", whence(spec)))
    });
    each.collect()
}

fn problem(parameter: &Parameter) -> Option<String> {
    let place = match parameter.location {
        Location::Path => "the path",
        Location::Query => "the query",
        Location::Header => "a header",
        Location::Body | Location::WholeBody | Location::RawBody => return None,
    };
    let name = parameter.name;
    if parameter.location == Location::Path && (parameter.is_optional)() {
        return Some(format!(
            "its parameter `{name}` is in the path, where it is always given: its type is no \
             `Option`"
        ));
    }
    let mut schemas = Schemas::new(Contract::Read);
    let schema = schemas.of(parameter.schema);
    let is_object = is_object(&schema, &schemas.into_definitions(), REFERENCES_MAX);
    is_object.then(|| {
        format!(
            "its parameter `{name}` cannot be read from {place}: its type is an object and what \
             comes from there is text; flatten it (`#[param(flatten)]`) or take it from the body"
        )
    })
}

/// How deep references, options and lists are followed. Types that hold nothing but themselves
/// would have no end.
const REFERENCES_MAX: usize = 8;

/// Whether a value is an object whatever it is, an option or a list of objects.
fn is_object(schema: &Value, definitions: &Map<String, Value>, depth: usize) -> bool {
    let Some(depth) = depth.checked_sub(1) else { return false };
    if let Some(reference) = schema.get("$ref").and_then(Value::as_str) {
        let name = reference.rsplit('/').next().unwrap_or_default();
        return definitions.get(name).is_some_and(|it| is_object(it, definitions, depth));
    }
    for key in ["anyOf", "oneOf"] {
        if let Some(choices) = schema.get(key).and_then(Value::as_array) {
            let mut choices = choices.iter().filter(|it| !is_of(it, "null")).peekable();
            return choices.peek().is_some() && choices.all(|it| is_object(it, definitions, depth));
        }
    }
    let of_items = || schema.get("items").is_some_and(|it| is_object(it, definitions, depth));
    is_of(schema, "object") || is_of(schema, "array") && of_items()
}

/// Whether it is of this type, or an option of it.
fn is_of(schema: &Value, kind: &str) -> bool {
    match schema.get("type") {
        Some(Value::String(found)) => found == kind,
        Some(Value::Array(kinds)) => {
            let mut kinds = kinds.iter().filter(|it| *it != "null").peekable();
            kinds.peek().is_some() && kinds.all(|it| it == kind)
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use schemars::JsonSchema;

    use super::*;
    use crate::{
        name::NodeName,
        samples::{Item, parameter, schema},
    };

    #[derive(JsonSchema)]
    #[expect(dead_code, reason = "only its schema is used")]
    enum Word {
        /// With a comment, so that schemars makes a choice of it.
        One,
        Two,
    }

    fn found<T: JsonSchema>(location: Location) -> Option<String> {
        problem(&Parameter { schema: schema::<T>, ..parameter("own", location) })
    }

    #[test]
    fn an_object_does_not_come_from_text() {
        let query = found::<BTreeMap<String, u8>>(Location::Query).unwrap();
        assert!(query.contains("`own` cannot be read from the query"), "{query}");
        assert!(found::<Item>(Location::Header).unwrap().contains("from a header"));
        assert!(found::<Option<Item>>(Location::Query).is_some());
        assert!(found::<Vec<Item>>(Location::Path).unwrap().contains("from the path"));
        assert_eq!(found::<Item>(Location::Body), None);
    }

    #[test]
    fn what_is_read_from_text_is_let_through() {
        for it in [
            found::<String>(Location::Path),
            found::<Option<u8>>(Location::Query),
            found::<Vec<Word>>(Location::Query),
            found::<Option<BTreeSet<Word>>>(Location::Header),
            found::<NodeName>(Location::Header),
        ] {
            assert_eq!(it, None);
        }
    }

    #[test]
    fn what_is_in_the_path_is_not_optional_under_any_name() {
        let optional = Parameter { is_optional: || true, ..parameter("own", Location::Path) };
        assert!(problem(&optional).unwrap().contains("is always given"));
    }
}
