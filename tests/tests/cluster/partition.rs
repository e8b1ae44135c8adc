//! Too few voters: reading goes on, changing is refused.

use serde_json::{Value, json};

use crate::harness::{Cluster, SANDBOXES, counters, create_counters, post_counters, until};

#[test]
fn without_the_majority_a_node_reads_and_refuses_changes() {
    let mut cluster = Cluster::start(3);
    create_counters(cluster.node("a"), 3, &["a"]);
    cluster.kill("b");
    cluster.kill("c");
    let a = cluster.node("a");
    let stale = until("a knows that it is alone", || {
        let answer = a.get("/api/v1/cluster/processes?type=Counter");
        if answer.header("arsenal-stale") == "true" { Ok(answer) } else { Err(answer.text()) }
    });
    assert_eq!(stale.ok(200)["data"]["items"].as_array().unwrap().len(), 3);
    let answer = a.get("/api/v1/cluster/topology");
    assert_eq!((answer.status, answer.header("arsenal-stale")), (200, "true"));

    let refused = post_counters(a, 1, &["a"]).problem(503, "minority_partition");
    assert_quorum(&refused["cluster"], "minority", &json!(["a"]), &json!(["b", "c"]));
    assert!(refused["suggestion"].is_string());
    a.request("GET", "/readyz").send().problem(503, "minority_partition");
    assert_eq!(a.get("/healthz").ok_page(), "ok");
    assert_eq!(a.get("/api/v1/cluster/status").ok(200)["quorum"]["verdict"], "minority");
    a.post("/api/v1/test/place/a", &json!({})).problem(503, "minority_partition");

    cluster.start_node("b");
    until("two of three can decide again", || {
        let request = cluster.node("b").request("POST", SANDBOXES).with_token();
        let answer = request.json(&counters(1, &["a", "b"])).try_send();
        match answer {
            Ok(answer) if answer.status == 201 => Ok(()),
            Ok(answer) => Err(answer.text()),
            Err(error) => Err(error.to_string()),
        }
    });
    let answer = cluster.node("a").get("/api/v1/cluster/topology");
    assert_eq!((answer.status, answer.header("arsenal-stale")), (200, "false"));
}

#[test]
fn a_cluster_that_was_never_whole_is_forming() {
    let mut cluster = Cluster::planned(3);
    cluster.start_node("b");
    let b = cluster.node("b");
    until("b serves HTTP", || {
        b.request("GET", "/healthz").try_send().map(drop).map_err(|error| error.to_string())
    });
    assert_eq!(b.get("/healthz").ok_page(), "ok");
    let refused = b.post(SANDBOXES, &counters(1, &["b"])).problem(503, "cluster_forming");
    assert_quorum(&refused["cluster"], "forming", &json!(["b"]), &json!(["a", "c"]));
    let unready = b.get("/readyz").problem(503, "cluster_forming");
    assert_eq!(unready["cluster"]["expected"], json!(["a", "b", "c"]));
    let never_met = cluster.seen("b", "a");
    assert_eq!((&never_met["status"], &never_met["generation"]), (&json!("down"), &json!(0)));
    let status = b.get("/api/v1/cluster/status").ok(200);
    assert!(status["advice"].as_str().unwrap().contains("missing voters"), "{status}");

    cluster.start_node("a");
    cluster.start_node("c");
    cluster.until_whole();
    create_counters(cluster.node("b"), 3, &[]);
}

#[track_caller]
fn assert_quorum(quorum: &Value, verdict: &str, live: &Value, missing: &Value) {
    assert_eq!(quorum["verdict"], verdict, "{quorum}");
    assert_eq!((&quorum["live"], &quorum["missing"]), (live, missing), "{quorum}");
    assert_eq!(quorum["expected"], json!(["a", "b", "c"]), "{quorum}");
    assert!(quorum["since"].is_string(), "{quorum}");
}
