//! A node is killed: the others answer for what is left, and it comes back by its own line.

use std::time::Duration;

use serde_json::{Value, json};

use crate::harness::{
    Client, Cluster, create_counters, measured, post_counters, until, until_counters,
};

const PROCESSES: &str = "/api/v1/cluster/processes?limit=1000&include_internal=true";

/// "At once", on a machine that has much else to do.
const AT_ONCE: Duration = Duration::from_secs(2);

#[test]
fn the_others_answer_for_a_killed_node_until_it_is_back() {
    let mut cluster = Cluster::start(3);
    let before = cluster.seen("a", "c");
    let others: Vec<u32> = ["a", "b"].map(|name| cluster.process(name).id()).into();

    cluster.kill("c");
    for name in ["a", "b"] {
        assert_fan_out_misses_c(&cluster, name);
        let down = cluster.until_seen(name, "c", &["down"]);
        assert_eq!(down["generation"], before["generation"]);
    }
    assert_operations_know(&cluster);

    cluster.start_node("c");
    cluster.until_whole();
    for name in ["a", "b", "c"] {
        let answer = cluster.node(name).get(PROCESSES);
        assert_eq!(answer.ok(200)["nodes"], json!({ "asked": 3, "answered": 3 }));
        assert_eq!(answer.header("arsenal-partial"), "false");
    }
    let back = cluster.seen("a", "c");
    assert!(back["generation"].as_u64() > before["generation"].as_u64(), "{back}");
    assert_eq!(back["os_process"], cluster.process("c").id());
    for (name, id) in ["a", "b"].into_iter().zip(others) {
        let seen = cluster.seen("c", name);
        assert_eq!((&seen["os_process"], &seen["status"]), (&json!(id), &json!("up")));
    }
    cluster.node("a").post("/api/v1/test/count-on-all", &json!({})).ok(200);
}

/// Two answers and one failure, at once. The first answers may still have been on their way to the
/// node when its path broke.
fn assert_fan_out_misses_c(cluster: &Cluster, name: &str) {
    let failure = |answer: &Value| answer["failures"][0]["code"].clone();
    let ((), took) = measured(|| {
        until("the path is known to be gone", || {
            let answer = cluster.node(name).get(PROCESSES).ok(200);
            if failure(&answer) == "node_unavailable" { Ok(()) } else { Err(answer.to_string()) }
        });
    });
    assert!(took < AT_ONCE, "{took:?}");
    let (answer, took) = measured(|| cluster.node(name).get(PROCESSES));
    assert!(took < AT_ONCE, "{took:?}");
    assert_eq!(answer.header("arsenal-partial"), "true");
    let answer = answer.ok(200);
    assert_eq!(answer["nodes"], json!({ "asked": 3, "answered": 2 }));
    assert_eq!(answer["failures"].as_array().unwrap().len(), 1);
    let failure = &answer["failures"][0];
    assert_eq!(
        (&failure["node"], &failure["code"], &failure["ran"]),
        (&json!("c"), &json!("node_unavailable"), &json!("no"))
    );
    let rows = answer["data"]["items"].as_array().unwrap();
    for node in ["a", "b"] {
        assert!(rows.iter().any(|row| row["node"] == node), "{answer}");
    }
}

fn assert_operations_know(cluster: &Cluster) {
    let [a, b] = ["a", "b"].map(|name| cluster.node(name));
    let unavailable = a.get("/api/v1/cluster/nodes/c/self").problem(503, "node_unavailable");
    assert_eq!(unavailable["failures"][0]["ran"], "no");
    let narrowed = a.get("/api/v1/cluster/processes?node=c").problem(503, "node_unavailable");
    assert_eq!(narrowed["failures"][0]["node"], "c");

    let refused = b.post("/api/v1/test/count-on-all", &json!({})).problem(503, "node_required");
    assert!(refused["detail"].as_str().unwrap().contains("nothing was executed"), "{refused}");
    assert_eq!(counted(a), 0, "`require = all` ran nowhere");
    let most = b.post("/api/v1/test/count-on-majority", &json!({}));
    assert_eq!(most.ok(200)["data"], json!({ "a": 1, "b": 1 }));
    assert_eq!(most.header("arsenal-partial"), "true");
    assert_eq!(counted(a), 2);

    // Whether the majority without `c` is stable already or not: `c` cannot be part of it.
    until("the majority is stable", || {
        let answer = post_counters(a, 2, &["a", "c"]);
        let is_too_early = answer.json()["code"] == "cluster_unstable";
        if is_too_early { Err(answer.text()) } else { Ok(answer.problem(503, "node_unavailable")) }
    });
    until_counters(b, &[]);
}

fn counted(client: &Client) -> u64 {
    client.get("/api/v1/test/count").ok(200)["data"]["runs"].as_u64().unwrap()
}

#[test]
fn what_a_dead_owner_has_forgotten_is_ended_once_it_is_back() {
    let mut cluster = Cluster::start(3);
    let lost = create_counters(cluster.node("c"), 6, &[]);
    let kept = create_counters(cluster.node("a"), 3, &["a", "b"]);
    cluster.kill("c");
    cluster.until_seen("a", "c", &["down"]);
    until_counters(cluster.node("a"), &[("a", 4), ("b", 3)]);

    let dead = cluster.node("b").get(&format!("/api/v1/cluster/sandboxes/{lost}"));
    assert_eq!(dead.problem(503, "node_unavailable")["failures"][0]["node"], "c");

    cluster.start_node("c");
    cluster.until_whole();
    until_counters(cluster.node("c"), &[("a", 2), ("b", 1)]);
    cluster.node("b").get(&format!("/api/v1/cluster/sandboxes/{lost}")).problem(404, "not_found");
    let kept = cluster.node("b").get(&format!("/api/v1/cluster/sandboxes/{kept}")).ok(200);
    assert_eq!(kept["owner"], "a");
}
