//! Constraints that a schema promises and that nobody enforces: those that `#[schemars(range(…))]`
//! and the like add to a field of a struct that serde alone decodes.
//!
//! Looked at is what types say without the rules of parameters, which are enforced. A type that is
//! no object, as a text with a pattern, is taken to check itself while it is decoded. Where its
//! schema stands inline at a field, it cannot be told from what the field's attribute adds: there
//! the type says so with [`CHECKS_ITSELF`].

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::error::whence;
use crate::{
    openapi::{CHECKS_ITSELF, IS_ENFORCED, Schemas},
    spec::{Location, OperationSpec, Parameter},
};

const CONSTRAINTS: [&str; 12] = [
    "minimum",
    "maximum",
    "exclusiveMinimum",
    "exclusiveMaximum",
    "multipleOf",
    "minLength",
    "maxLength",
    "pattern",
    "minItems",
    "maxItems",
    "minProperties",
    "maxProperties",
];

/// Keywords whose values are no schemas.
const VALUES: [&str; 5] = ["default", "examples", "example", "enum", "const"];

/// Everything of that kind in a catalogue.
pub(super) fn problems(operations: &[&'static OperationSpec]) -> Vec<String> {
    let each = operations.iter().flat_map(|spec| {
        let all = spec.parameters.iter().filter(|it| it.location != Location::RawBody);
        all.flat_map(unenforced).map(|it| format!("{}: {it}", whence(spec)))
    });
    each.collect()
}

fn unenforced(parameter: &Parameter) -> impl Iterator<Item = String> {
    let mut schemas = Schemas::without_rules();
    let own = schemas.of(parameter.schema);
    let definitions = schemas.into_definitions();
    let mut found = BTreeSet::new();
    search(&own, "its type", &mut found);
    for (name, definition) in &definitions {
        search(definition, &format!("`{name}`"), &mut found);
    }
    let parameter = parameter.name;
    found.into_iter().map(move |Found { owner, field, keyword }| {
        format!(
            "the schema of its parameter `{parameter}` has `{keyword}` at `{field}` of {owner}, \
             which nobody enforces; derive `Parameters` for {owner} instead of `Deserialize` and \
             `JsonSchema`, with `#[param(…)]` on the field; if the field's type checks itself, say \
             so there: `#[schemars(extend(\"{CHECKS_ITSELF}\" = true))]`"
        )
    })
}

/// A constraint on a field.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Found {
    owner: String,
    field: String,
    keyword: &'static str,
}

fn search(schema: &Value, owner: &str, found: &mut BTreeSet<Found>) {
    match schema {
        Value::Object(keywords) => {
            if !keywords.contains_key(IS_ENFORCED) {
                search_fields(keywords, owner, found);
            }
            let inside = keywords.iter().filter(|(key, _)| !VALUES.contains(&key.as_str()));
            inside.for_each(|(_, value)| search(value, owner, found));
        }
        Value::Array(all) => all.iter().for_each(|each| search(each, owner, found)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

fn search_fields(keywords: &Map<String, Value>, owner: &str, found: &mut BTreeSet<Found>) {
    let Some(fields) = keywords.get("properties").and_then(Value::as_object) else { return };
    for (field, schema) in fields {
        let items = schema.get("items");
        for keywords in [Some(schema), items].into_iter().flatten().filter_map(Value::as_object) {
            let constraints = CONSTRAINTS.into_iter().filter(|key| constrains(keywords, key));
            found.extend(constraints.map(|keyword| Found {
                owner: owner.to_owned(),
                field: field.clone(),
                keyword,
            }));
        }
    }
}

/// Whether a keyword says more than the type of Rust that schemars made the schema of.
fn constrains(keywords: &Map<String, Value>, keyword: &str) -> bool {
    let Some(value) = keywords.get(keyword) else { return false };
    if keywords.contains_key(CHECKS_ITSELF) {
        return false;
    }
    let format = keywords.get("format").and_then(Value::as_str).unwrap_or_default();
    let has =
        |keyword: &str, value: u64| keywords.get(keyword).and_then(Value::as_u64) == Some(value);
    let is_of_type = match keyword {
        // `NonZeroU32` and its like. A range that adds the same cannot be told from them.
        "minimum" if is_unsigned(format) => has("minimum", 0) || has("minimum", 1),
        "minimum" | "maximum" => width(format, keyword).is_some_and(|bound| *value == bound),
        // `char`.
        "minLength" | "maxLength" => has("minLength", 1) && has("maxLength", 1),
        // Arrays and tuples.
        "minItems" | "maxItems" => {
            has("maxItems", 0) || keywords.get("minItems") == keywords.get("maxItems")
        }
        // Decimals, which are numbers as well.
        "pattern" => is_number(keywords),
        _ => false,
    };
    !is_of_type
}

fn is_number(keywords: &Map<String, Value>) -> bool {
    let kinds = keywords.get("type").and_then(Value::as_array);
    kinds.is_some_and(|kinds| kinds.iter().any(|kind| kind == "number"))
}

fn is_unsigned(format: &str) -> bool {
    matches!(format, "uint" | "uint8" | "uint16" | "uint32" | "uint64" | "uint128")
}

/// A bound that numbers have by their width.
fn width(format: &str, keyword: &str) -> Option<i64> {
    match (format, keyword) {
        ("uint8", "maximum") => Some(u8::MAX.into()),
        ("uint16", "maximum") => Some(u16::MAX.into()),
        ("int8", "minimum") => Some(i8::MIN.into()),
        ("int8", "maximum") => Some(i8::MAX.into()),
        ("int16", "minimum") => Some(i16::MIN.into()),
        ("int16", "maximum") => Some(i16::MAX.into()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use std::{
        collections::BTreeMap,
        num::{NonZeroI8, NonZeroU8, NonZeroU32},
    };

    use schemars::JsonSchema;
    use serde_json::json;

    use super::*;
    use crate::{
        name::NodeName,
        openapi::Contract,
        samples::{parameter, schema},
    };

    #[derive(JsonSchema)]
    #[expect(dead_code, reason = "only its schema is used")]
    struct Plain {
        small: u8,
        negative: Option<i16>,
        big: u128,
        letter: char,
        four: [u8; 4],
        pair: (i8, u64),
        other: NonZeroI8,
        some: NonZeroU32,
        few: Option<NonZeroU8>,
        node: NodeName,
        nodes: Vec<NodeName>,
        perhaps: Option<NodeName>,
        #[schemars(extend("pattern" = "^a", "x-checks-itself" = true))]
        foreign: String,
        time: std::time::Duration,
        map: BTreeMap<String, Vec<u16>>,
        children: Vec<Self>,
    }

    #[derive(JsonSchema)]
    #[expect(dead_code, reason = "only its schema is used")]
    struct Documented {
        #[schemars(range(min = 2))]
        count: u32,
        #[schemars(length(max = 3), inner(regex(pattern = "^a")))]
        tags: Vec<String>,
        plain: Option<Plain>,
    }

    #[derive(JsonSchema)]
    #[expect(dead_code, reason = "only its schema is used")]
    enum Choice {
        One { inner: Vec<Documented> },
        Two,
    }

    fn found<T: JsonSchema>() -> Vec<String> {
        let own = Parameter { schema: schema::<T>, ..parameter("own", Location::Body) };
        unenforced(&own).collect()
    }

    #[test]
    fn what_std_types_say_is_enforced_by_them() {
        assert_eq!(found::<Plain>(), [""; 0]);
        assert_eq!(found::<Option<Vec<Plain>>>(), [""; 0]);
        assert_eq!(found::<NonZeroU32>(), [""; 0]);
    }

    #[test]
    fn what_is_only_documented_is_found_however_deep() {
        let all = found::<Choice>();
        assert_eq!(all.len(), 3, "{all:#?}");
        for expected in ["`minimum` at `count`", "`maxItems` at `tags`", "`pattern` at `tags`"] {
            assert!(all.iter().any(|it| it.contains(expected)), "{expected} {all:#?}");
        }
        assert!(all[0].contains("of `Documented`") && all[0].contains("derive `Parameters`"));
    }

    #[test]
    fn no_document_shows_that_a_type_checks_itself() {
        let mut schemas = Schemas::new(Contract::Read);
        let own = schemas.of(schema::<Plain>);
        let all = json!([own, schemas.of(schema::<NodeName>), schemas.into_definitions()]);
        let text = all.to_string();
        assert!(text.contains("foreign") && !text.contains(CHECKS_ITSELF), "{text}");
    }

    #[test]
    fn rules_of_parameters_are_enforced() {
        let mut schemas = Schemas::without_rules();
        let described = schemas.of(|_| schemars::json_schema!({
            IS_ENFORCED: true,
            "properties": { "count": { "minimum": 1 }, "inner": { "properties": { "a": { "pattern": "x" } } } },
        }));
        let mut found = BTreeSet::new();
        search(&described, "it", &mut found);
        assert_eq!(found.len(), 1, "only the one deeper inside");
        search(
            &json!({ "default": { "properties": { "a": { "minimum": 1 } } } }),
            "it",
            &mut found,
        );
        assert_eq!(found.len(), 1);
    }
}
