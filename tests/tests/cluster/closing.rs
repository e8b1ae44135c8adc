//! Streams that their node cannot go on with: the last event says why, and they hold up nobody.

use std::time::Duration;

use serde_json::{Value, json};

use crate::harness::{Cluster, Event, Events, measured};

const EVENTS: &str = "/api/v1/cluster/events";
const TICKS: &str = "/api/v1/test/ticks/a?count=1000000&every_ms=10";
const SIMULATION: &str = "/api/v1/simulation";

/// Less than requests that are under way get when a node ends. This one has nobody to tell.
const END_MAX: Duration = Duration::from_secs(2);

#[test]
fn a_node_that_is_terminated_closes_its_streams() {
    let mut cluster = Cluster::start(1);
    let silent = cluster.node("a").events(EVENTS);
    let mut busy = cluster.node("a").events(TICKS);
    busy.one();
    let ((), took) = measured(|| cluster.terminate("a"));
    assert!(took < END_MAX, "{took:?}");
    for events in [silent, busy] {
        let problem = closed(events, 503, "distributed_exit");
        assert!(problem["detail"].as_str().unwrap().contains("shutting down"), "{problem}");
        assert_eq!(problem["failures"][0]["node"], "a", "{problem}");
        assert!(!problem["request_id"].as_str().unwrap().is_empty(), "{problem}");
    }
}

#[test]
fn a_stream_of_a_node_that_leaves_is_closed_by_the_one_that_passes_it_on() {
    let mut cluster = Cluster::start(2);
    let mut of_b = cluster.node("a").events(&TICKS.replace("/a?", "/b?"));
    let mut of_all = cluster.node("a").events("/api/v1/test/ticks?count=1000000&every_ms=10");
    of_b.one();
    cluster.terminate("b");
    let problem = closed(of_b, 503, "distributed_exit");
    assert_eq!(problem["failures"][0]["node"], "b", "{problem}");
    let failure = of_all.find(|event| !event.name.is_empty()).unwrap();
    assert_eq!((&*failure.name, &failure.data["node"]), ("failure", &json!("b")), "{failure:?}");
    cluster.terminate("a");
    closed(of_all, 503, "distributed_exit");
}

#[test]
fn streams_of_a_simulation_are_closed_with_it_and_with_the_real_node() {
    let mut cluster = Cluster::start(1);
    let streams = |cluster: &Cluster| {
        let real = cluster.node("a");
        real.post(SIMULATION, &json!({ "node_count": 1 })).ok(201);
        [EVENTS, TICKS]
            .map(|path| real.request("GET", path).header("arsenal-mode", "simulated").events())
    };
    let of_ended = streams(&cluster);
    cluster.node("a").delete(SIMULATION).ok(200);
    for events in of_ended {
        let problem = closed(events, 410, "gone");
        assert!(problem["suggestion"].as_str().unwrap().contains(SIMULATION), "{problem}");
    }
    let of_ending = streams(&cluster);
    let ((), took) = measured(|| cluster.terminate("a"));
    assert!(took < END_MAX, "{took:?}");
    for events in of_ending {
        closed(events, 503, "distributed_exit");
    }
}

/// Reads a stream to its end, which must be a problem.
#[track_caller]
fn closed(events: Events, status: u16, code: &str) -> Value {
    let Event { name, data, .. } = events.last().expect("it has a last event");
    assert_eq!(name, "problem", "{data}");
    assert_eq!((&data["status"], &data["code"]), (&json!(status), &json!(code)), "{data}");
    data
}
