//! Requests whose node fails while they run, and streams.

use std::panic::{AssertUnwindSafe, catch_unwind};

use serde_json::json;

use super::{Simulated, of_node, simulate};
use crate::harness::{Cluster, until};

const TICKS: &str = "/api/v1/test/ticks/b?count=1000000&every_ms=10";

#[test]
fn a_stream_comes_out_of_the_simulation_and_ends_with_its_client() {
    let cluster = Cluster::start(1);
    let real = cluster.node("a");
    simulate(real, 3);
    let a = Simulated::node(real, "a");
    let mut events = a.request("GET", TICKS).events();
    assert_eq!(events.header("arsenal-node"), "a");
    let numbers: Vec<_> = (0..20).map(|_| events.one().data["number"].as_u64().unwrap()).collect();
    assert_eq!(numbers, (0..20).collect::<Vec<_>>());
    drop(events);
    until("nothing ticks for a client that is gone", || {
        let live = a.get("/api/v1/test/live-ticks").ok(200);
        if live["data"]["a"] == 0 { Ok(()) } else { Err(live.to_string()) }
    });
}

#[test]
fn a_stream_breaks_off_where_its_node_fails() {
    let cluster = Cluster::start(1);
    let real = cluster.node("a");
    simulate(real, 3);
    let mut events = Simulated::node(real, "a").request("GET", TICKS).events();
    events.one();
    real.post(&of_node("a", "fail"), &json!({})).ok(200);
    // What has come out already may still be read; then the body has no end.
    let broken = catch_unwind(AssertUnwindSafe(|| events.count()));
    broken.expect_err("the client sees that something is missing");
}

#[test]
fn who_waits_for_a_node_that_fails_is_told() {
    let cluster = Cluster::start(1);
    let real = cluster.node("a");
    simulate(real, 3);
    real.post("/api/v1/simulation/clock/pause", &json!({})).ok(200);
    std::thread::scope(|scope| {
        let waiting = scope.spawn(|| Simulated::node(real, "b").get("/api/v1/cluster/nodes/c"));
        until("the request is answered", || {
            real.post(&of_node("b", "fail"), &json!({})).ok(200);
            if waiting.is_finished() { Ok(()) } else { Err(String::from("it waits")) }
        });
        let answer = waiting.join().unwrap();
        assert_eq!(answer.status, 503, "{}", answer.text());
        let code = answer.json()["code"].clone();
        assert!(code == "distributed_exit" || code == "node_unavailable", "{code}");
    });
}
