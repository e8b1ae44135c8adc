//! Virtual time, as people turn it.

use serde_json::{Value, json};

use super::{SIMULATION, STATUS, Simulated, clock, simulate, speed};
use crate::harness::{Cluster, until};

#[test]
fn a_clock_that_stands_answers_what_needs_no_time() {
    let cluster = Cluster::start(1);
    let real = cluster.node("a");
    simulate(real, 3);
    let b = Simulated::node(real, "b");
    let turn = |action: &str, body: Value| real.post(&clock(action), &body);

    turn("step", json!({ "milliseconds": 5 })).problem(409, "conflict");
    let paused = turn("pause", json!({})).ok(200);
    assert_eq!(paused["paused"], true);
    assert_eq!(b.get(STATUS).ok(200)["quorum"]["verdict"], "whole");
    let refused = b.get("/api/v1/cluster/nodes/c").problem(504, "distributed_timeout");
    assert!(refused["suggestion"].as_str().unwrap().contains("clock/step"), "{refused}");

    assert_eq!(ran(&refused), json!([["b", "unknown"]]));
    let fan_out = b.get("/api/v1/cluster/processes").problem(504, "distributed_timeout");
    assert_eq!(ran(&fan_out), json!([["a", "unknown"], ["b", "unknown"], ["c", "unknown"]]));
    let of_c = b.get("/api/v1/cluster/nodes/c/self").problem(504, "distributed_timeout");
    assert_eq!(ran(&of_c), json!([["c", "unknown"]]));

    let stepped = turn("step", json!({ "milliseconds": 2500 })).ok(200);
    assert_eq!(stepped["passed_ms"], 2500);
    let then = paused["virtual_ms"].as_u64().unwrap() + 2500;
    assert_eq!(stepped["clock"]["virtual_ms"], then);
    assert_eq!(real.get(SIMULATION).ok(200)["simulation"]["clock"]["virtual_ms"], then);

    assert_eq!(turn("resume", json!({})).ok(200)["paused"], false);
    assert_eq!(b.get("/api/v1/cluster/nodes/c").ok(200)["node"]["name"], "c");
    assert_eq!(speed(real, 0.5)["speed"], 0.5);
    until("virtual time passes", || {
        let report = real.get(SIMULATION).ok(200);
        let now = report["simulation"]["clock"]["virtual_ms"].as_u64().unwrap();
        if now > then + 100 { Ok(()) } else { Err(report.to_string()) }
    });
}

#[test]
fn what_waits_for_time_is_answered_by_a_step() {
    let cluster = Cluster::start(1);
    let real = cluster.node("a");
    simulate(real, 3);
    real.post(&clock("pause"), &json!({})).ok(200);
    std::thread::scope(|scope| {
        let waiting =
            scope.spawn(|| Simulated::node(real, "b").get("/api/v1/cluster/nodes/c").ok(200));
        until("the step lets it through", || {
            real.post(&clock("step"), &json!({ "milliseconds": 20 })).ok(200);
            if waiting.is_finished() { Ok(()) } else { Err(String::from("it waits")) }
        });
        assert_eq!(waiting.join().unwrap()["node"]["name"], "c");
    });
}

/// Of a problem: each node, and whether it ran there.
fn ran(problem: &Value) -> Value {
    let failures = problem["failures"].as_array().unwrap_or_else(|| panic!("{problem}"));
    failures.iter().map(|failure| json!([failure["node"], failure["ran"]])).collect()
}
