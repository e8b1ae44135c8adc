//! Two authorities meet, nothing is changed any more, and an operator says who decides.

use serde_json::{Value, json};

use crate::harness::{Cluster, SANDBOXES, counters, create_counters, until, violations};

const PARTITIONS: &str = "/api/v1/cluster/partitions";
const RESOLVE: &str = "/api/v1/cluster/partitions/resolve";

#[test]
fn two_nodes_that_each_decided_alone_are_stopped_until_somebody_says_who_decides() {
    let mut cluster = Cluster::planned(2);
    cluster.start_with_voters("a", "a");
    cluster.start_with_voters("b", "b");
    for node in ["a", "b"] {
        until_verdict(&cluster, node, "split_brain");
        assert_stopped(&cluster, node);
    }
    assert_refusals_change_nothing(&cluster);

    let plan = cluster.node("a").post(RESOLVE, &json!({ "voters": ["a", "b"] })).ok(200);
    assert_eq!(plan["is_done"], false, "{plan}");
    assert_eq!(plan["before"], json!({ "version": 1, "voters": ["a"] }));
    assert_eq!(plan["after"], json!({ "version": 2, "voters": ["a", "b"] }));
    assert_eq!((&plan["asked"], &plan["decides_here"]), (&json!(["a", "b"]), &json!(true)));
    assert!(!plan["effects"].as_array().unwrap().is_empty());
    assert_eq!(verdict(&cluster, "a"), "split_brain", "it was only looked at");

    let confirmed = json!({ "voters": ["a", "b"], "confirm": true, "version": 2 });
    let done = cluster.node("a").post(RESOLVE, &confirmed).ok(200);
    assert_eq!((&done["is_done"], &done["is_kept"]), (&json!(true), &json!(true)), "{done}");
    assert_eq!((&done["adopted"], &done["pending"]), (&json!(["a", "b"]), &json!([])), "{done}");
    for node in ["a", "b"] {
        until_verdict(&cluster, node, "whole");
    }
    create_counters(cluster.node("b"), 2, &[]);
    let answer = cluster.node("a").get("/api/v1/cluster/topology");
    assert_eq!((answer.status, answer.header("arsenal-stale")), (200, "false"));
    // The list was to get version 2, and has it: whoever looked at that plan is too late.
    let late =
        cluster.node("b").post(RESOLVE, &json!({ "voters": ["b"], "confirm": true, "version": 2 }));
    late.problem(409, "conflict");

    // Alone again, neither of them decides as it did: what was chosen wins over the command line.
    cluster.kill("a");
    cluster.kill("b");
    cluster.start_with_voters("b", "b");
    let quorum = until_verdict(&cluster, "b", "forming");
    assert_eq!(quorum["expected"], json!(["a", "b"]));
    assert!(cluster.process("b").output().contains("an operator chose these voters"));

    assert_lost_voters_are_replaced(&cluster);
}

/// Node `b` is alone of `a` and `b`, and `a` never comes again.
fn assert_lost_voters_are_replaced(cluster: &Cluster) {
    let b = cluster.node("b");
    let plan = b.post(RESOLVE, &json!({ "voters": ["b"] })).ok(200);
    assert_eq!((&plan["unreached"], &plan["decides_here"]), (&json!(["a"]), &json!(true)));
    b.post(RESOLVE, &json!({ "voters": ["b"], "confirm": true })).ok(200);
    until_verdict(cluster, "b", "solo");
    create_counters(b, 1, &["b"]);
}

/// Reads go on and say that they may be out of date; changes are refused, with the way out.
fn assert_stopped(cluster: &Cluster, node: &str) {
    let client = cluster.node(node);
    let read = client.get("/api/v1/cluster/processes");
    assert_eq!((read.status, read.header("arsenal-stale")), (200, "true"));
    let refused = client.post(SANDBOXES, &counters(1, &[node])).problem(503, "split_brain");
    assert!(refused["suggestion"].as_str().unwrap().contains(RESOLVE), "{refused}");
    let status = client.get("/api/v1/cluster/status").ok(200);
    assert!(status["advice"].as_str().unwrap().contains(RESOLVE), "{status}");

    let shown = until("both are connected", || {
        let shown = client.get(PARTITIONS).ok(200);
        let is_so = shown["sides"] == json!([{ "members": ["a", "b"] }]);
        if is_so { Ok(shown) } else { Err(shown.to_string()) }
    });
    let evidence = shown["evidence"].as_array().unwrap();
    let is_lists = |one: &Value| one["kind"] == "voter_lists" || one["kind"] == "seen_by";
    assert!(!evidence.is_empty() && evidence.iter().all(is_lists), "{shown}");
    let contradicts = |one: &Value| one["kind"] == "other_voters" && one["version"] == 1;
    assert!(shown["contradictions"].as_array().unwrap().iter().any(contradicts), "{shown}");
}

fn assert_refusals_change_nothing(cluster: &Cluster) {
    let a = cluster.node("a");
    for voters in [json!([]), json!(["a", "zzz"]), json!(["a", "a"]), json!(["A!"]), json!("a")] {
        let body = json!({ "voters": voters, "confirm": true });
        let refused = a.post(RESOLVE, &body).problem(422, "invalid_input");
        assert!(violations(&refused)[0].starts_with("body voters"), "{refused}");
    }
    let unknown = a.request("POST", RESOLVE).json(&json!({ "voters": ["a"] })).send();
    unknown.problem(401, "unauthenticated");
    assert_eq!(a.get("/api/v1/cluster/status").ok(200)["voters_version"], 1);
}

fn verdict(cluster: &Cluster, node: &str) -> String {
    let status = cluster.node(node).get("/api/v1/cluster/status").ok(200);
    status["quorum"]["verdict"].as_str().unwrap().to_owned()
}

fn until_verdict(cluster: &Cluster, node: &str, verdict: &str) -> Value {
    until(&format!("the verdict of {node} is {verdict}"), || {
        let answer = cluster.node(node).request("GET", "/api/v1/cluster/status").try_send();
        let status = answer.map_err(|error| error.to_string())?.ok(200);
        let quorum = status["quorum"].clone();
        if quorum["verdict"] == verdict { Ok(quorum) } else { Err(status.to_string()) }
    })
}
