//! Streams as a client meets them: from here, from another node and from all, and what ends them.

use std::{collections::BTreeMap, time::Duration};

use serde_json::{Value, json};

use crate::harness::{Cluster, Event, Events, measured, until};

/// "At once", on a machine that has much else to do.
const AT_ONCE: Duration = Duration::from_secs(2);

/// How soon a frozen node must be given up.
const GIVEN_UP_MAX: Duration = Duration::from_secs(5);

const NODES: [&str; 3] = ["a", "b", "c"];

/// A stream that ends by itself, and one that does not while a test runs.
const SHORT: &str = "count=100";
const LONG: &str = "count=100000&every_ms=20";

#[test]
fn a_stream_comes_in_order_from_wherever_it_runs() {
    let cluster = Cluster::start(3);
    for node in NODES {
        let mut events = cluster.node("a").events(&format!("/api/v1/test/ticks/{node}?{SHORT}"));
        assert_eq!(events.header("content-type"), "text/event-stream");
        assert!(!events.header("arsenal-request-id").is_empty());
        for number in 0..100 {
            assert_eq!(events.one(), tick(node, number));
        }
        assert_ended(events);
    }
    let mut merged = cluster.node("b").events(&format!("/api/v1/test/ticks?{SHORT}"));
    let seen = numbers(merged.by_ref().take_while(|event| event.name.is_empty()));
    for node in NODES {
        assert_eq!(seen[node], (0..100).collect::<Vec<u64>>(), "{node}");
    }
    assert_eq!(merged.next(), None);
    until_live(&cluster, [0, 0, 0]);
}

#[test]
fn a_stream_ends_where_it_runs_once_its_client_is_gone() {
    let cluster = Cluster::start(3);
    let path = |node: &str| format!("/api/v1/test/ticks/{node}?{LONG}");
    let here = cluster.node("a").events(&path("a"));
    let mut there = cluster.node("a").events(&path("b"));
    let silent = cluster.node("a").events("/api/v1/test/ticks/c?count=2&every_ms=60000");
    let mut merged = cluster.node("c").events(&format!("/api/v1/test/ticks?{LONG}"));
    assert_eq!((there.one(), merged.one().name), (tick("b", 0), String::new()));
    until_live(&cluster, [2, 2, 2]);
    drop(there);
    until_live(&cluster, [2, 1, 2]);
    drop((here, silent));
    until_live(&cluster, [1, 1, 1]);
    drop(merged);
    until_live(&cluster, [0, 0, 0]);
}

#[test]
fn a_client_goes_on_after_the_last_event_that_it_saw() {
    let cluster = Cluster::start(3);
    let path = format!("/api/v1/test/ticks/c?{SHORT}");
    let mut events = cluster.node("a").events(&path);
    let last = (0..5).map(|_| events.one()).last().unwrap();
    drop(events);
    // On any node: what it needs is in the id.
    let again = cluster.node("b").request("GET", &path).header("last-event-id", &last.id);
    assert_eq!(again.events().one(), tick("c", 5));

    let path = "/api/v1/test/ticks?count=200&every_ms=5";
    let mut seen = BTreeMap::<String, Vec<u64>>::new();
    let mut last = String::new();
    for node in NODES {
        let request = cluster.node(node).request("GET", path);
        let events =
            if last.is_empty() { request } else { request.header("last-event-id", &last) }.events();
        for event in events.take(100).filter(|event| event.name.is_empty()) {
            last.clone_from(&event.id);
            for (node, numbers) in numbers([event]) {
                seen.entry(node).or_default().extend(numbers);
            }
        }
    }
    for node in NODES {
        let expected: Vec<u64> = (0..seen[node].len() as u64).collect();
        assert_eq!(seen[node], expected, "{node}: nothing twice, nothing left out");
    }
    let other = cluster.node("a").request("GET", "/api/v1/test/ticks/b?count=1");
    other.header("last-event-id", "nonsense").send().problem(409, "conflict");
    let wrong = cluster.node("a").request("GET", path).header("last-event-id", "nonsense");
    wrong.send().problem(422, "invalid_input");
}

#[test]
fn a_killed_node_is_told_at_once() {
    let mut cluster = Cluster::start(3);
    let mut of_b = cluster.node("a").events(&format!("/api/v1/test/ticks/b?{LONG}"));
    let mut of_all = cluster.node("a").events(&format!("/api/v1/test/ticks?{LONG}"));
    assert_eq!((of_b.one(), of_all.one().name), (tick("b", 0), String::new()));
    cluster.kill("b");
    let (problem, took) = measured(|| of_b.by_ref().find(|event| !event.name.is_empty()).unwrap());
    assert_failure(&problem, "problem", "b");
    assert!(took < AT_ONCE, "{took:?}");
    assert_eq!(of_b.next(), None, "the body ends whole");

    let (failure, took) =
        measured(|| of_all.by_ref().find(|event| !event.name.is_empty()).unwrap());
    assert_failure(&failure, "failure", "b");
    assert!(took < AT_ONCE, "{took:?}");
    let seen = numbers(of_all.by_ref().take(50));
    assert_eq!(seen.keys().collect::<Vec<_>>(), ["a", "c"], "the others go on");

    let path = format!("/api/v1/test/ticks/b?{SHORT}");
    cluster.node("a").get(&path).problem(503, "node_unavailable");
    cluster.node("a").get("/api/v1/test/ticks/nobody?count=1").problem(404, "not_found");
}

#[test]
fn a_frozen_node_is_given_up() {
    let cluster = Cluster::start(3);
    let mut events = cluster.node("a").events(&format!("/api/v1/test/ticks/b?{LONG}"));
    assert_eq!(events.one(), tick("b", 0));
    cluster.freeze("b");
    let (problem, took) = measured(|| events.find(|event| !event.name.is_empty()).unwrap());
    assert_failure(&problem, "problem", "b");
    assert!(took < GIVEN_UP_MAX, "{took:?}");
    cluster.thaw("b");
    cluster.until_whole();
    until_live(&cluster, [0, 0, 0]);
}

/// A tick of one node.
fn tick(node: &str, number: u64) -> Event {
    let data = json!({ "node": node, "number": number });
    Event { name: String::new(), id: number.to_string(), data }
}

fn assert_ended(mut events: Events) {
    let end = Event { name: String::from("end"), id: String::new(), data: json!({}) };
    assert_eq!(events.one(), end);
    assert_eq!(events.next(), None);
}

/// Of a merged stream: what each node ticked.
fn numbers(events: impl IntoIterator<Item = Event>) -> BTreeMap<String, Vec<u64>> {
    let mut numbers = BTreeMap::<String, Vec<u64>>::new();
    for event in events {
        let (node, tick) = (&event.data["node"], &event.data["data"]);
        assert_eq!(&tick["node"], node, "{event:?}");
        let node = node.as_str().unwrap().to_owned();
        numbers.entry(node).or_default().push(tick["number"].as_u64().unwrap());
    }
    numbers
}

/// The event says which node is lost, and that what it did is not known.
#[track_caller]
fn assert_failure(event: &Event, name: &str, node: &str) {
    assert_eq!(event.name, name, "{event:?}");
    let failure = if name == "problem" { &event.data["failures"][0] } else { &event.data };
    assert_eq!((&failure["node"], &failure["ran"]), (&json!(node), &json!("unknown")), "{event:?}");
}

/// Waits until so many streams tick on the nodes.
#[track_caller]
fn until_live(cluster: &Cluster, expected: [u32; 3]) {
    until(&format!("{expected:?} streams tick"), || {
        let live = cluster.node("a").get("/api/v1/test/live-ticks").ok(200)["data"].clone();
        let found: Vec<&Value> = NODES.iter().map(|node| &live[node]).collect();
        if found == expected { Ok(()) } else { Err(live.to_string()) }
    });
}
