//! What is refused, and how it is told.

use serde_json::{Value, json};

use super::{MODE, SIMULATION, STATUS, clock, of_node};
use crate::harness::{Cluster, violations};

#[test]
fn what_needs_a_simulation_says_that_there_is_none() {
    let cluster = Cluster::start(1);
    let real = cluster.node("a");
    let absent = |answer: &crate::harness::Answer| {
        let problem = answer.problem(409, "conflict");
        let suggestion = problem["suggestion"].as_str().unwrap();
        assert!(suggestion.contains("POST /api/v1/simulation"), "{problem}");
    };
    absent(&real.request("GET", STATUS).header("arsenal-mode", "simulated").send());
    absent(&real.post(MODE, &json!({ "mode": "simulated" })));
    absent(&real.delete(SIMULATION));
    absent(&real.delete(&format!("{SIMULATION}/partitions")));
    absent(&real.post(&format!("{SIMULATION}/links"), &json!({})));
    absent(&real.post(&of_node("a", "fail"), &json!({})));
    for action in ["pause", "resume"] {
        absent(&real.post(&clock(action), &json!({})));
    }
    assert_eq!(real.get(STATUS).ok(200)["mode"], "cluster");
}

#[test]
fn wrong_values_are_named() {
    let cluster = Cluster::start(1);
    let real = cluster.node("a");
    let wrong = |path: &str, body: Value, expected: &[&str]| {
        let problem = real.post(path, &body).problem(422, "invalid_input");
        assert_eq!(violations(&problem), expected, "{problem}");
    };
    wrong(
        SIMULATION,
        json!({ "node_count": 0, "seed": -1 }),
        &["body node_count /node_count", "body seed /seed"],
    );
    wrong(SIMULATION, json!({ "node_count": 21 }), &["body node_count /node_count"]);
    real.post(SIMULATION, &json!({ "node_count": 2 })).ok(201);
    real.post(SIMULATION, &json!({})).problem(409, "conflict");

    wrong(&clock("speed"), json!({ "speed": 0 }), &["body speed /speed"]);
    wrong(&clock("step"), json!({ "milliseconds": 60_001 }), &["body milliseconds /milliseconds"]);
    wrong(MODE, json!({ "mode": "cluster", "node": "a" }), &["body node /node"]);
    wrong(MODE, json!({ "mode": "real" }), &["body mode /mode"]);
    let partitions = format!("{SIMULATION}/partitions");
    wrong(&partitions, json!({}), &["body groups /groups"]);
    wrong(&partitions, json!({ "from": ["a"] }), &["body to /to"]);
    wrong(&partitions, json!({ "groups": [] }), &["body groups /groups"]);
    wrong(&partitions, json!({ "groups": [["a"], []] }), &["body groups /groups/1"]);
    wrong(&partitions, json!({ "groups": [["a"], ["b", "a"]] }), &["body groups /groups/1/1"]);
    wrong(&partitions, json!({ "groups": [["a"], ["z"]] }), &["body groups /groups/1/0"]);
    wrong(&partitions, json!({ "from": ["a"], "to": ["b", "z"] }), &["body to /to/1"]);
    let links = format!("{SIMULATION}/links");
    wrong(&links, json!({ "between": ["a"] }), &["body between /between"]);
    wrong(&links, json!({ "between": ["a", "a"] }), &["body between /between/1"]);
    wrong(&links, json!({ "between": ["z", "a"] }), &["body between /between/0"]);
    wrong(
        &links,
        json!({ "loss": 2, "delay_ms": 1 }),
        &["body delay_ms /delay_ms", "body loss /loss"],
    );

    let alone = real.post(&partitions, &json!({ "groups": [["a"]] })).ok(200);
    assert_eq!(alone["links"].as_array().unwrap().len(), 2, "who is in no group is alone");
    let unknown = real.post(&partitions, &json!({ "groups": [["a"], ["z"]] }));
    assert_eq!(unknown.problem(422, "invalid_input")["suggestion"], "it has a, b");
    let absent = real.post(MODE, &json!({ "mode": "simulated", "node": "z" }));
    assert_eq!(absent.problem(404, "not_found")["suggestion"], "it has a, b");
    let through_z = real.request("GET", STATUS).header("arsenal-mode", "simulated; node=z").send();
    through_z.problem(404, "not_found");
    let (node, mode) = (through_z.header("arsenal-node"), through_z.header("arsenal-mode"));
    assert_eq!((node, mode), ("a", "cluster"), "no node is named that does not exist");
    let answer = real.request("GET", STATUS).header("arsenal-mode", "dream").send();
    let problem = answer.problem(422, "invalid_input");
    assert_eq!(violations(&problem), ["header arsenal-mode"]);
    real.request("POST", SIMULATION).json(&json!({})).send().problem(401, "unauthenticated");
}

#[test]
fn a_simulated_node_checks_requests_as_a_real_one_does() {
    let cluster = Cluster::start(1);
    let real = cluster.node("a");
    super::simulate(real, 1);
    let a = super::Simulated::node(real, "a");
    a.get("/api/v1/cluster/nope").problem(404, "not_found");
    let unknown = a.post(crate::harness::SANDBOXES, &json!({ "nmae": "x" }));
    unknown.problem(422, "invalid_input");
    let large = a.request("POST", crate::harness::SANDBOXES).json(&json!("x".repeat(2 << 20)));
    large.send().problem(413, "too_large");
    let reader = real.request("POST", crate::harness::SANDBOXES);
    let reader = reader.header("arsenal-mode", "simulated").json(&json!({})).send();
    reader.problem(401, "unauthenticated");
    let header = a.request("GET", STATUS).header("arsenal-no-such", "1").send();
    header.problem(422, "invalid_input");
}
