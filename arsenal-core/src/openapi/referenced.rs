//! Components that nothing refers to are left out: a catalogue in which no operation comes to its end
//! has no header that announces one.

use std::collections::BTreeSet;

use serde_json::Value;

/// Keeps the components of these kinds that something in the document refers to.
pub(super) fn keep_referenced(document: &mut Value, kinds: &[&str]) {
    let mut targets = BTreeSet::new();
    collect(document, &mut targets);
    for kind in kinds {
        let of_kind = document.get_mut("components").and_then(|all| all.get_mut(kind));
        if let Some(Value::Object(components)) = of_kind {
            components.retain(|name, _| targets.contains(&format!("#/components/{kind}/{name}")));
        }
    }
}

/// The targets of all references.
fn collect(value: &Value, targets: &mut BTreeSet<String>) {
    match value {
        Value::Object(members) => {
            for (key, member) in members {
                match member.as_str().filter(|_| key == "$ref") {
                    Some(target) => _ = targets.insert(target.to_owned()),
                    None => collect(member, targets),
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| collect(item, targets)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}
