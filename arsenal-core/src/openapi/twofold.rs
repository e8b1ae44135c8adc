//! Types that are read and written: one definition where both sides agree, `X` and `XInput` where
//! not. An `Option` need not be sent but is always answered, so many types differ.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::schemas::{DEFINITIONS, INPUT_DEFINITIONS};

/// The names whose definitions differ, by themselves or by what they refer to.
pub(super) fn names(inputs: &Map<String, Value>, outputs: &Map<String, Value>) -> BTreeSet<String> {
    let mut twofold: BTreeSet<String> = BTreeSet::new();
    loop {
        let differs = |name: &String, input: &Value| {
            let mut input = input.clone();
            resolve(&mut input, &twofold);
            outputs.get(name).is_some_and(|output| *output != input)
        };
        let found: BTreeSet<String> = inputs
            .iter()
            .filter(|(name, input)| differs(name, input))
            .map(|(name, _)| name.clone())
            .collect();
        if found == twofold {
            return twofold;
        }
        twofold.extend(found);
    }
}

/// All definitions of a document.
pub(super) fn merged(
    inputs: Map<String, Value>,
    mut outputs: Map<String, Value>,
    twofold: &BTreeSet<String>,
) -> Map<String, Value> {
    for (name, schema) in inputs {
        let name = if twofold.contains(&name) { input_name(&name) } else { name };
        outputs.insert(name, schema);
    }
    outputs
}

/// Points every reference to a definition of what is read to where it stands in the document.
pub(super) fn resolve(value: &mut Value, twofold: &BTreeSet<String>) {
    match value {
        Value::Object(members) => {
            for (key, member) in members {
                let target = member.as_str().filter(|_| key == "$ref");
                if let Some(resolved) = target.and_then(|target| resolved(target, twofold)) {
                    *member = Value::String(resolved);
                } else {
                    resolve(member, twofold);
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| resolve(item, twofold)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

fn resolved(target: &str, twofold: &BTreeSet<String>) -> Option<String> {
    let name = target.strip_prefix('#')?.strip_prefix(INPUT_DEFINITIONS)?.strip_prefix('/')?;
    let name = if twofold.contains(name) { input_name(name) } else { name.to_owned() };
    Some(format!("#{DEFINITIONS}/{name}"))
}

fn input_name(name: &str) -> String {
    format!("{name}Input")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn object(value: &Value) -> Map<String, Value> {
        value.as_object().cloned().unwrap()
    }

    #[test]
    fn a_type_differs_also_by_what_it_refers_to() {
        let inputs = object(&json!({
            "A": { "type": "object" },
            "B": { "items": { "$ref": "#/components/inputs/A" } },
            "C": { "type": "string" },
            "D": { "items": { "$ref": "#/components/inputs/C" } },
        }));
        let outputs = object(&json!({
            "A": { "type": "object", "required": ["x"] },
            "B": { "items": { "$ref": "#/components/schemas/A" } },
            "C": { "type": "string" },
            "D": { "items": { "$ref": "#/components/schemas/C" } },
        }));
        let twofold = names(&inputs, &outputs);
        assert_eq!(twofold, [String::from("A"), String::from("B")].into());
        let mut all = Value::Object(merged(inputs, outputs, &twofold));
        resolve(&mut all, &twofold);
        assert_eq!(all["BInput"]["items"]["$ref"], "#/components/schemas/AInput");
        assert_eq!(all["B"]["items"]["$ref"], "#/components/schemas/A");
        assert_eq!(all["D"]["items"]["$ref"], "#/components/schemas/C");
        assert!(all.get("DInput").is_none());
    }
}
