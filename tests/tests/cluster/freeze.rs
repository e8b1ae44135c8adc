//! A node is frozen (`kill -STOP`): its connections stay open, but nobody answers there.

use std::time::Duration;

use serde_json::json;

use crate::harness::{
    Cluster, SANDBOXES, assert_deletion_is_unfinished, counters, counters_by_node, create_counters,
    measured, stays, until, until_counters,
};

/// What the client says in its deadline, and what an answer may take at most.
const DEADLINE_MS: u32 = 1000;
const DEADLINE: Duration = Duration::from_millis(DEADLINE_MS as u64);
const ANSWER_MAX: Duration = Duration::from_millis(2500);

/// How soon a frozen node must be noticed.
const NOTICED_MAX: Duration = Duration::from_secs(4);

#[test]
fn a_frozen_node_costs_the_deadline_and_is_noticed() {
    let cluster = Cluster::start(3);
    cluster.freeze("c");
    let (seen, noticed) = measured(|| {
        let request = cluster.node("a").request("GET", "/api/v1/cluster/processes");
        let (answer, took) = measured(|| request.deadline_ms(DEADLINE_MS).send());
        assert!(took >= DEADLINE.mul_f32(0.9) && took <= ANSWER_MAX, "{took:?}");
        assert_eq!(answer.header("arsenal-partial"), "true");
        let answer = answer.ok(200);
        assert_eq!(answer["nodes"], json!({ "asked": 3, "answered": 2 }));
        let failure = &answer["failures"][0];
        assert_eq!(
            (&failure["node"], &failure["code"], &failure["ran"]),
            (&json!("c"), &json!("distributed_timeout"), &json!("unknown"))
        );
        cluster.until_seen("b", "c", &["suspect", "down"]);
        cluster.until_seen("a", "c", &["suspect", "down"])
    });
    assert!(noticed <= NOTICED_MAX, "{noticed:?}");
    assert_eq!(seen["os_process"], cluster.process("c").id(), "what was known of it stays");

    cluster.thaw("c");
    cluster.until_whole();
    let answer = cluster.node("a").get("/api/v1/cluster/processes").ok(200);
    assert_eq!(answer["nodes"]["answered"], 3);
    assert_eq!(cluster.seen("a", "c")["generation"], seen["generation"], "it never ended");
}

#[test]
fn what_was_asked_of_a_frozen_node_does_not_run_when_it_wakes() {
    let cluster = Cluster::start(3);
    cluster.freeze("c");
    let post = |nodes: &[&str]| {
        let request = cluster.node("a").request("POST", SANDBOXES).with_token();
        request.json(&counters(3, nodes)).deadline_ms(DEADLINE_MS).send()
    };
    let (answer, took) = measured(|| post(&["c"]));
    assert!(took <= ANSWER_MAX, "{took:?}");
    let refused = answer.problem(504, "distributed_timeout");
    assert!(refused["failures"][0]["node"].is_string(), "{refused}");

    stays("c is frozen", Duration::from_secs(5), || Ok(()));
    cluster.thaw("c");
    cluster.until_whole();
    stays("nothing runs on c", Duration::from_secs(3), || {
        let found = counters_by_node(cluster.node("b"));
        if found.is_empty() { Ok(()) } else { Err(format!("{found:?}")) }
    });
    let list = cluster.node("c").get(SANDBOXES).ok(200);
    assert_eq!(list["data"]["items"], json!([]));
    create_counters(cluster.node("a"), 3, &["c"]);
    until_counters(cluster.node("b"), &[("c", 3)]);
}

#[test]
fn a_sandbox_starts_on_all_its_nodes_or_on_none() {
    let cluster = Cluster::start(3);
    cluster.freeze("c");
    let request = cluster.node("b").request("POST", SANDBOXES).with_token();
    let answer = request.json(&counters(9, &["a", "b", "c"])).deadline_ms(DEADLINE_MS).send();
    answer.problem(504, "distributed_timeout");
    until("nothing of it is left on a and b", || {
        let left = ["a", "b"].map(|node| {
            let path = format!("/api/v1/cluster/processes?type=Counter&node={node}");
            cluster.node("a").get(&path).ok(200)["data"]["items"].as_array().unwrap().len()
        });
        if left == [0, 0] { Ok(()) } else { Err(format!("{left:?}")) }
    });
    cluster.thaw("c");
    cluster.until_whole();
    stays("nothing runs anywhere", Duration::from_secs(3), || {
        let found = counters_by_node(cluster.node("a"));
        if found.is_empty() { Ok(()) } else { Err(format!("{found:?}")) }
    });
    let list = cluster.node("a").get(SANDBOXES).ok(200);
    assert_eq!(list["data"]["items"], json!([]));
}

#[test]
fn what_is_deleted_while_its_node_is_frozen_ends_when_it_wakes() {
    let cluster = Cluster::start(3);
    let id = create_counters(cluster.node("a"), 6, &["b", "c"]);
    cluster.freeze("c");
    let path = format!("{SANDBOXES}/{id}");
    let delete = cluster.node("b").request("DELETE", &path).with_token().deadline_ms(DEADLINE_MS);
    let (answer, took) = measured(|| delete.send());
    assert!(took <= ANSWER_MAX, "{took:?}");
    assert_deletion_is_unfinished(&answer);
    cluster.node("b").get(&path).problem(404, "not_found");
    cluster.thaw("c");
    cluster.until_whole();
    until_counters(cluster.node("a"), &[]);
}
