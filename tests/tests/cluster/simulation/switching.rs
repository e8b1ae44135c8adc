//! The real cluster and the simulated one, side by side.

use serde_json::{Value, json};

use super::{MODE, SIMULATION, STATUS, Simulated, simulate};
use crate::harness::{Client, Cluster, SANDBOXES, create_counters, until_counters};

#[test]
fn nothing_is_lost_by_switching_back_and_forth() {
    let cluster = Cluster::start(1);
    let real = cluster.node("a");
    create_counters(real, 2, &[]);
    let before = processes(real);
    simulate(real, 3);
    assert_eq!(real.get(MODE).ok(200), json!({ "mode": "cluster", "has_simulation": true }));

    let simulated = real.post(MODE, &json!({ "mode": "simulated", "node": "b" })).ok(200);
    assert_eq!(simulated, json!({ "mode": "simulated", "entry": "b", "has_simulation": true }));
    let status = real.get(STATUS);
    assert_eq!((status.header("arsenal-node"), status.header("arsenal-mode")), ("b", "simulated"));
    assert_eq!(sandboxes(real), 0);
    create_counters(real, 6, &[]);
    until_counters(real, &[("a", 2), ("b", 2), ("c", 2)]);
    let through_c = Simulated::node(real, "c").get(STATUS);
    assert_eq!(through_c.header("arsenal-node"), "c", "the header chooses for one request");
    let of_real = real.request("GET", STATUS).header("arsenal-mode", "cluster").send();
    assert_eq!(of_real.header("arsenal-mode"), "cluster");
    assert_eq!(of_real.ok(200)["mode"], "cluster");

    real.post(MODE, &json!({ "mode": "cluster" })).ok(200);
    assert_eq!(sandboxes(real), 1);
    until_counters(real, &[("a", 2)]);
    assert_eq!(processes(real), before, "simulated nodes have their own");
    let topology = real.get("/api/v1/cluster/topology").ok(200);
    assert_eq!(topology["nodes"].as_array().unwrap().len(), 1, "{topology}");

    real.post(MODE, &json!({ "mode": "simulated" })).ok(200);
    assert_eq!(sandboxes(real), 1);
    until_counters(real, &[("a", 2), ("b", 2), ("c", 2)]);

    let gone = real.delete(SIMULATION);
    assert_eq!(gone.header("arsenal-mode"), "cluster");
    assert_eq!(gone.ok(200)["node_count"], 3);
    assert_eq!(real.get(MODE).ok(200), json!({ "mode": "cluster", "has_simulation": false }));
    assert_eq!(real.get(SIMULATION).ok(200), json!({ "mode": "cluster", "has_simulation": false }));
    assert_eq!(sandboxes(real), 1);
    assert_eq!(processes(real), before);
}

#[test]
fn a_node_can_start_with_a_simulated_cluster() {
    let cluster = Cluster::start_with(&["--simulate", "3"]);
    let node = cluster.node("a");
    assert_eq!(node.get(STATUS).ok(200)["mode"], "simulated");
    let report = node.get(SIMULATION).ok(200);
    assert_eq!(report["mode"], "simulated");
    assert_eq!(report["simulation"]["nodes"].as_array().unwrap().len(), 3, "{report}");
    let of_real = node.request("GET", STATUS).header("arsenal-mode", "cluster").send();
    assert_eq!(of_real.ok(200)["mode"], "cluster");
    assert!(node.get("/").text().contains("answered by a simulated"), "the page says so");
    assert!(cluster.process("a").output().contains("requests are for a simulated cluster"));
    for path in ["/docs/", "/openapi.json", "/metrics", "/healthz", "/readyz"] {
        let answer = node.get(path);
        assert_eq!(answer.status, 200, "{path}: {}", answer.text());
    }
    node.post(MODE, &json!({ "mode": "cluster" })).ok(200);
    assert!(!node.get("/").text().contains("answered by a simulated"));
}

fn sandboxes(client: &Client) -> usize {
    client.get(SANDBOXES).ok(200)["data"]["items"].as_array().unwrap().len()
}

/// The ids of all processes, and how many the topology counts.
fn processes(client: &Client) -> (Vec<Value>, Value) {
    let answer = client.get("/api/v1/cluster/processes?limit=1000&include_internal=true").ok(200);
    let items = answer["data"]["items"].as_array().unwrap();
    let topology = client.get("/api/v1/cluster/topology?include_processes=true").ok(200);
    let counts = topology["nodes"][0]["processes"].clone();
    (items.iter().map(|row| row["pid"].clone()).collect(), counts)
}
