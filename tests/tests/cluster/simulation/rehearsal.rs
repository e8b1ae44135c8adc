//! What a simulated cluster is for: to see what a partition does.

use serde_json::json;

use super::{SIMULATION, STATUS, Simulated, of_node, simulate};
use crate::harness::{Cluster, SANDBOXES, counters, until};

#[test]
fn a_partition_is_rehearsed_on_one_machine() {
    let cluster = Cluster::start(1);
    let real = cluster.node("a");
    simulate(real, 3);
    let (a, c) = (Simulated::node(real, "a"), Simulated::node(real, "c"));
    let answer = c.get(STATUS);
    assert_eq!((answer.header("arsenal-node"), answer.header("arsenal-mode")), ("c", "simulated"));
    assert_eq!(answer.ok(200)["mode"], "simulated");
    c.post(SANDBOXES, &counters(3, &[])).ok(201);

    let partitions = format!("{SIMULATION}/partitions");
    let groups = json!({ "groups": [["a", "b"], ["c"]] });
    let broken = real.post(&partitions, &groups).ok(200);
    assert_eq!(broken["links"].as_array().unwrap().len(), 4, "{broken}");
    assert!(broken["links"].as_array().unwrap().iter().all(|link| link["cut"] == true));
    c.until_verdict("minority");
    a.until_verdict("majority");
    let refused = c.post(SANDBOXES, &counters(1, &[])).problem(503, "minority_partition");
    assert_eq!(refused["cluster"]["missing"], json!(["a", "b"]));
    let stale = c.get("/api/v1/cluster/topology");
    assert_eq!((stale.status, stale.header("arsenal-stale")), (200, "true"));
    a.post(SANDBOXES, &counters(1, &["a", "b"])).ok(201);
    assert_eq!(real.get(STATUS).ok(200)["quorum"]["verdict"], "solo", "the real one is at rest");

    assert_eq!(real.delete(&partitions).ok(200), json!({ "links": [] }));
    for node in ["a", "b", "c"] {
        Simulated::node(real, node).until_verdict("whole");
    }
    c.post(SANDBOXES, &counters(1, &[])).ok(201);
}

#[test]
fn nodes_fail_recover_freeze_and_thaw() {
    let cluster = Cluster::start(1);
    let real = cluster.node("a");
    simulate(real, 3);
    let (a, c) = (Simulated::node(real, "a"), Simulated::node(real, "c"));
    let act = |node: &str, action: &str| real.post(&of_node(node, action), &json!({}));

    for _ in 0..2 {
        assert_eq!(act("c", "freeze").ok(200)["state"], "frozen", "twice is as good as once");
    }
    let refused = c.get(STATUS);
    assert_eq!(refused.header("arsenal-mode"), "simulated");
    assert_eq!(refused.header("arsenal-node"), "c");
    let refused = refused.problem(503, "node_unavailable");
    assert!(refused["suggestion"].as_str().unwrap().contains("nodes/c/thaw"), "{refused}");
    a.until_verdict("majority");
    act("c", "recover").problem(409, "conflict");
    assert_eq!(act("c", "thaw").ok(200)["state"], "running");
    assert_eq!(act("c", "thaw").ok(200)["state"], "running");
    a.until_verdict("whole");

    assert_eq!(act("a", "fail").ok(200)["state"], "failed");
    for action in ["freeze", "thaw"] {
        let refused = act("a", action).problem(409, "conflict");
        assert!(refused["suggestion"].as_str().unwrap().contains("nodes/a/recover"), "{refused}");
    }
    let any = real.request("GET", STATUS).header("arsenal-mode", "simulated").send();
    assert_eq!(any.header("arsenal-node"), "b", "the first that runs");
    c.until_verdict("majority");
    let recovered = act("a", "recover").ok(200);
    assert_eq!((&recovered["state"], &recovered["generation"]), (&json!("running"), &json!(2)));
    c.until_verdict("whole");
    let refused = act("x", "fail").problem(404, "not_found");
    assert!(refused["suggestion"].as_str().unwrap().contains("a, b, c"), "{refused}");
}

#[test]
fn links_are_cut_one_way_and_slowed_down() {
    let cluster = Cluster::start(1);
    let real = cluster.node("a");
    simulate(real, 3);
    let slow = json!({ "between": ["a", "b"], "delay_ms": 50, "loss": 0.25 });
    let links = real.post(&format!("{SIMULATION}/links"), &slow).ok(200);
    assert_eq!(links["links"].as_array().unwrap().len(), 2);
    assert_eq!(
        links["links"][0],
        json!({
            "from": "a", "to": "b", "cut": false, "delay_ms": 50, "jitter_ms": 6,
            "loss": 0.25, "duplication": 0.0, "reordering": 0.0,
        })
    );
    let one_way = json!({ "from": ["c"], "to": ["a", "b"] });
    real.post(&format!("{SIMULATION}/partitions"), &one_way).ok(200);
    Simulated::node(real, "a").until_verdict("majority");
    let report = real.get(SIMULATION).ok(200);
    let links = report["simulation"]["links"].as_array().unwrap();
    let cuts: Vec<_> = links.iter().filter(|link| link["cut"] == true).collect();
    assert!(cuts.len() == 2 && cuts.iter().all(|link| link["from"] == "c"), "{links:?}");
    real.delete(&format!("{SIMULATION}/partitions")).ok(200);
    let usual = real.post(&format!("{SIMULATION}/links"), &json!({})).ok(200);
    assert_eq!(usual, json!({ "links": [] }));
    until("all is well again", || {
        let status = Simulated::node(real, "c").get(STATUS).ok(200);
        if status["quorum"]["verdict"] == "whole" { Ok(()) } else { Err(status.to_string()) }
    });
}
