//! Three nodes that are three processes know each other.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::harness::{Cluster, until};

#[test]
fn every_node_lists_three_processes_of_the_operating_system() {
    let cluster = Cluster::start(3);
    let started: BTreeSet<u64> =
        cluster.names().iter().map(|name| cluster.process(name).id().into()).collect();
    for name in cluster.names() {
        let topology = until_registries_are_whole(&cluster, &name);
        let nodes = topology["nodes"].as_array().unwrap();
        let listed: BTreeSet<u64> =
            nodes.iter().map(|node| node["os_process"].as_u64().unwrap()).collect();
        assert_eq!(listed, started, "{topology}");
        for node in nodes {
            assert_eq!(node["status"], "up");
            assert!(node["generation"].as_u64().unwrap() > 0);
            assert!(node["processes"]["total"].as_u64().unwrap() > 0);
            assert!(node["processes"]["by_type"].is_null(), "only when asked for");
            assert!(node["resources"]["memory_bytes"].as_u64().unwrap() > 0);
            assert!(node["http_address"].is_string() && node["cluster_address"].is_string());
        }
        assert_eq!(topology["partitions"], json!([]));
        assert!(topology["updated_at"].as_str().unwrap().ends_with('Z'));
    }
    assert_round_trips(&cluster);
    let counted = cluster.node("b").get("/api/v1/cluster/topology?include_processes=true").ok(200);
    for node in counted["nodes"].as_array().unwrap() {
        assert_eq!(node["processes"]["by_type"]["Root"], 1, "{node}");
    }
    assert_detail_is_answered_by_the_node_itself(&cluster);
}

/// What others say of themselves comes with the next ping.
fn until_registries_are_whole(cluster: &Cluster, name: &str) -> Value {
    until(&format!("{name} knows that every registry has three members"), || {
        let topology = cluster.node(name).get("/api/v1/cluster/topology").ok(200);
        let nodes = topology["nodes"].as_array().unwrap();
        let is_whole = |node: &Value| node["registry"]["members"] == json!(["a", "b", "c"]);
        if nodes.iter().all(is_whole) { Ok(topology) } else { Err(topology.to_string()) }
    })
}

/// Who pings, measures: a node knows the round trips of its own two paths; that the third path is there,
/// too, it knows from the others.
fn assert_round_trips(cluster: &Cluster) {
    for name in cluster.names() {
        let topology = until("the round trips of its own paths are known", || {
            let topology = cluster.node(&name).get("/api/v1/cluster/topology").ok(200);
            let connections = topology["connections"].as_array().unwrap();
            let measured = connections.iter().filter(|path| path["round_trip_ms"].is_number());
            let is_own = |path: &Value| path["from"] == name.as_str();
            if measured.filter(|path| is_own(path)).count() == 2 {
                Ok(topology)
            } else {
                Err(topology.to_string())
            }
        });
        let pairs: BTreeSet<BTreeSet<&str>> = topology["connections"]
            .as_array()
            .unwrap()
            .iter()
            .map(|path| ["from", "to"].map(|end| path[end].as_str().unwrap()).into())
            .collect();
        assert_eq!(pairs, [["a", "b"], ["a", "c"], ["b", "c"]].map(BTreeSet::from).into());
    }
}

fn assert_detail_is_answered_by_the_node_itself(cluster: &Cluster) {
    for name in cluster.names() {
        let answer = cluster.node("a").get(&format!("/api/v1/cluster/nodes/{name}"));
        let detail = answer.ok(200);
        assert_eq!(detail["node"]["os_process"], cluster.process(&name).id());
        assert_eq!(detail["node"]["facts_age_ms"], 0, "it answers for itself");
        assert_eq!(detail["members"].as_array().unwrap().len(), 3);
        let place = cluster.node("a").get(&format!("/api/v1/test/place/{name}"));
        assert_eq!(place.ok(200), *name);
        assert_eq!(place.header("arsenal-node"), "a", "the node that was asked answers");
        assert_eq!(place.header("arsenal-mode"), "cluster");
    }
    let unknown = cluster.node("a").get("/api/v1/cluster/nodes/zzz").problem(404, "not_found");
    assert!(unknown["suggestion"].as_str().unwrap().contains("a, b, c"), "{unknown}");
}
