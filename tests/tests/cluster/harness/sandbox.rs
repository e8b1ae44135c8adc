//! Sandboxes of counters, and what the cluster shows of them.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{Answer, Client, until};

/// Where sandboxes are created.
pub(crate) const SANDBOXES: &str = "/api/v1/cluster/sandboxes";

/// Creates a sandbox with this many counters on these nodes; on all where there are none.
pub(crate) fn post_counters(on: &Client, count: u32, nodes: &[&str]) -> Answer {
    on.post(SANDBOXES, &counters(count, nodes))
}

/// The body that asks for them.
pub(crate) fn counters(count: u32, nodes: &[&str]) -> Value {
    let mut body =
        json!({ "name": "test", "children": [{ "blueprint": "counter", "count": count }] });
    if !nodes.is_empty() {
        body["nodes"] = json!(nodes);
    }
    body
}

/// Creates it and answers its id.
#[track_caller]
pub(crate) fn create_counters(on: &Client, count: u32, nodes: &[&str]) -> String {
    let sandbox = post_counters(on, count, nodes).ok(201);
    sandbox["id"].as_str().expect("it has an id").to_owned()
}

/// How many counters each node runs, by what the answering nodes say.
pub(crate) fn counters_by_node(seen_by: &Client) -> BTreeMap<String, usize> {
    let answer = seen_by.get("/api/v1/cluster/processes?type=Counter&limit=1000").ok(200);
    let mut counts = BTreeMap::new();
    for row in answer["data"]["items"].as_array().unwrap() {
        assert_eq!(row["type"], "Counter", "{row}");
        assert_eq!(row["status"], "running", "{row}");
        *counts.entry(row["node"].as_str().unwrap().to_owned()).or_default() += 1;
    }
    counts
}

/// Waits until exactly these counters run.
#[track_caller]
pub(crate) fn until_counters(seen_by: &Client, expected: &[(&str, usize)]) {
    let expected: BTreeMap<String, usize> =
        expected.iter().map(|(node, count)| ((*node).to_owned(), *count)).collect();
    until(&format!("the counters are {expected:?}"), || {
        let found = counters_by_node(seen_by);
        if found == expected { Ok(()) } else { Err(format!("{found:?}")) }
    });
}

/// A deletion whose deadline has passed: either the owner says what is pending, or its answer came
/// just too late to say so.
#[track_caller]
pub(crate) fn assert_deletion_is_unfinished(answer: &Answer) {
    if answer.status == 200 {
        assert_ne!(answer.ok(200)["pending"], json!([]));
    } else {
        answer.problem(504, "distributed_timeout");
    }
}
