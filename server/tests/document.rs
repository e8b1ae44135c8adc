//! `openapi/arsenal.json`: what the `arsenal` program documents, committed, so that a change of the
//! interface is seen in review and a client can be generated without a node.

use std::{env, fs, path::Path};

use arsenal_core::{openapi::document, registry::Registry};
use serde_json::Value;

arsenal_core::operations!(arsenal_server);

/// Says that the file is to be written anew.
const OVERWRITE: &str = "ARSENAL_OPENAPI";

#[test]
fn the_committed_document_is_the_one_that_is_served() {
    let mut served = document(&Registry::from_linked().unwrap());
    served.sort_all_objects();
    let text = format!("{served:#}\n");
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../openapi/arsenal.json");
    if env::var(OVERWRITE).is_ok_and(|value| value == "overwrite") {
        fs::write(&file, &text).unwrap();
    }
    let committed = fs::read_to_string(&file).unwrap_or_default();
    assert!(
        committed == text,
        "openapi/arsenal.json is not what the program documents; the first difference is at {}.\n\
         If the change is meant, write the file anew, and look at its diff:\n\
         {OVERWRITE}=overwrite cargo test -p arsenal-server --test document",
        first_difference(&committed, &served)
    );
}

/// Where the two part, as a JSON pointer.
fn first_difference(committed: &str, served: &Value) -> String {
    let Ok(committed) = serde_json::from_str::<Value>(committed) else {
        return String::from("the start: it is missing, or no JSON");
    };
    let (mut left, mut right) = (&committed, served);
    let mut pointer = String::from("#");
    while let (Value::Object(ours), Value::Object(theirs)) = (left, right) {
        let mut keys = ours.keys().chain(theirs.keys());
        let Some(key) = keys.find(|key| ours.get(*key) != theirs.get(*key)) else { break };
        pointer.push('/');
        pointer.push_str(&key.replace('~', "~0").replace('/', "~1"));
        let (Some(inner_left), Some(inner_right)) = (ours.get(key), theirs.get(key)) else { break };
        (left, right) = (inner_left, inner_right);
    }
    pointer
}
