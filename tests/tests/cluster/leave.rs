//! A node that is asked to end says so, and the others know that it did not die.

use serde_json::json;

use crate::harness::{Cluster, measured, until};

/// Of which 0.6 s are the word that it leaves.
const END_MAX: std::time::Duration = std::time::Duration::from_secs(4);

#[test]
fn a_node_that_is_terminated_has_left_and_is_not_down() {
    let mut cluster = Cluster::start(3);
    let mut events = cluster.node("a").events("/api/v1/cluster/events?kind=node_status&node=c");
    let ((), took) = measured(|| cluster.terminate("c"));
    assert!(took < END_MAX, "{took:?}");
    for node in ["a", "b"] {
        let seen = cluster.until_seen(node, "c", &["left"]);
        assert_eq!(seen["reason"], "it left", "{seen}");
    }
    assert_eq!(events.one().data["change"]["status"], "left", "it was never taken for dead");

    let detail = cluster.node("a").get("/api/v1/cluster/nodes/c").ok(200);
    assert_eq!((&detail["seen"]["status"], &detail["known_by"]), (&json!("left"), &json!("a")));
    for path in ["nodes/c/self", "processes?node=c"] {
        let problem = cluster.node("a").get(&format!("/api/v1/cluster/{path}"));
        let problem = problem.problem(503, "node_unavailable");
        assert_eq!(problem["detail"], "node `c` has left the cluster");
        assert_eq!(problem["failures"][0]["ran"], "no", "{problem}");
    }
    // It is a voter, and missing like any other that is gone.
    let status = until("two of three decide", || {
        let status = cluster.node("b").get("/api/v1/cluster/status").ok(200);
        let is_so = status["quorum"]["verdict"] == "majority";
        if is_so { Ok(status) } else { Err(status.to_string()) }
    });
    assert_eq!(status["quorum"]["missing"], json!(["c"]));
    cluster.start_node("c");
    cluster.until_whole();
    assert_eq!(
        events.find(|event| event.data["change"]["status"] == "up").unwrap().data["seen_by"],
        "a"
    );
}
