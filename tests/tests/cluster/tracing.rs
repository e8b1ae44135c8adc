//! One request over all nodes, followed by its ids through their logs.

use serde_json::json;

use crate::harness::{Cluster, until};

const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";

/// Waits until a node has logged a line with all of these.
fn until_logged(cluster: &Cluster, node: &str, parts: &[&str]) -> String {
    until(&format!("{node} logged {parts:?}"), || {
        let output = cluster.process(node).output();
        let line = output.lines().find(|line| parts.iter().all(|part| line.contains(part)));
        line.map(str::to_owned).ok_or_else(|| output.clone())
    })
}

#[test]
fn the_trace_of_the_client_goes_on_on_every_node() {
    let cluster = Cluster::start(3);
    let request = cluster.node("b").request("POST", "/api/v1/test/note").with_token();
    let request = request
        .header("traceparent", &format!("00-{TRACE}-00f067aa0ba902b7-01"))
        .header("arsenal-request-id", "mine-1");
    let noted = request.json(&json!({ "text": "hello" })).send().ok(200);
    assert_eq!(noted["nodes"]["answered"], 3, "{noted}");
    for node in cluster.names() {
        let line = until_logged(&cluster, &node, &["noted", "hello"]);
        for part in [TRACE, "note.note", "mine-1"] {
            assert!(line.contains(part), "{node}: {part} in {line}");
        }
    }
}

#[test]
fn a_request_without_a_trace_starts_one_for_all_nodes() {
    let cluster = Cluster::start(2);
    let bad = cluster.node("a").request("POST", "/api/v1/test/note").with_token();
    let bad = bad.header("traceparent", "00-00000000000000000000000000000000-00f067aa0ba902b7-01");
    bad.json(&json!({ "text": "hello" })).send().ok(200);
    let trace_of = |node: &str| {
        let line = until_logged(&cluster, node, &["noted", "traceparent=00-"]);
        line.split("traceparent=00-").last().unwrap().split('-').next().unwrap().to_owned()
    };
    let trace = trace_of("a");
    assert_eq!(trace, trace_of("b"));
    assert!(trace.len() == 32 && !trace.starts_with("0000000000"), "{trace}");
}

#[test]
fn a_panic_is_one_line_with_its_place_on_the_node_where_it_was() {
    let cluster = Cluster::start(2);
    let path = "/api/v1/test/panic-on?unlucky=b";
    let request = cluster.node("a").request("GET", path).header("arsenal-request-id", "mine-2");
    let answer = request.send().ok(200);
    assert_eq!(answer["failures"][0]["code"], "internal", "{answer}");
    let line = until_logged(&cluster, "b", &["a secret of the program"]);
    for part in ["ERROR", "fault.panic_on", "mine-2", "src/fault.rs:"] {
        assert!(line.contains(part), "{part} in {line}");
    }
    assert_eq!(cluster.process("b").output().matches("a secret of the program").count(), 1);
    assert!(!cluster.process("a").output().contains("a secret of the program"));

    let problem = cluster.node("b").post("/api/v1/test/panic", &json!({})).problem(500, "internal");
    let request_id = problem["request_id"].as_str().unwrap();
    until_logged(&cluster, "b", &[request_id, "ERROR", "src/fault.rs:"]);
    assert!(!problem.to_string().contains("secret"), "{problem}");
}
