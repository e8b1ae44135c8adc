//! What happens in a cluster is told by each node, at once, and again to whoever was away.

use std::time::Duration;

use serde_json::{Value, json};

use crate::harness::{Cluster, Event, measured};

const EVENTS: &str = "/api/v1/cluster/events";

/// How soon every node must tell what one of them has detected.
const TOLD_MAX: Duration = Duration::from_secs(1);

#[test]
fn every_node_tells_what_happens_and_goes_on_where_a_client_was() {
    let mut cluster = Cluster::start(3);
    let about_c =
        |node: &str| cluster.node(node).events(&format!("{EVENTS}?kind=node_status&node=c"));
    let (mut by_a, mut by_b) = (about_c("a"), about_c("b"));
    let mut verdicts = cluster.node("a").events(&format!("{EVENTS}?kind=verdict"));
    cluster.kill("c");
    let seen = by_a.one();
    let (seen_by_b, took) = measured(|| by_b.one());
    assert!(took < TOLD_MAX, "{took:?}");
    assert_down(&seen, "a");
    assert_down(&seen_by_b, "b");
    let verdict = verdicts.one();
    assert_eq!(verdict.data["change"]["verdict"], "unstable", "{verdict:?}");
    assert_eq!(verdict.data["change"]["missing"], json!(["c"]), "{verdict:?}");
    drop((by_a, verdicts));

    cluster.start_node("c");
    cluster.until_whole();
    let after = |id: &str, query: &str| {
        let request = cluster.node("a").request("GET", &format!("{EVENTS}{query}"));
        request.header("last-event-id", id).events()
    };
    // Nothing of what happened meanwhile is missing, and nothing comes twice.
    let numbers: Vec<u64> = after(&seen.id, "").take(3).map(|event| number(&event)).collect();
    let next = number(&seen) + 1;
    assert_eq!(numbers, [next, next + 1, next + 2]);
    let back = after(&seen.id, "?node=c").find(|event| event.data["change"]["status"] == "up");
    assert_eq!(back.unwrap().data["change"]["reason"], "it answers");
    assert_replay(&cluster);
    assert_what_is_missed_is_told(&cluster, &seen_by_b.id);
    for id in ["nonsense", "a.1", &after_the_end(&seen.id)] {
        let request = cluster.node("a").request("GET", EVENTS).header("last-event-id", id);
        request.send().problem(422, "invalid_input");
    }
    let wrong =
        cluster.node("a").get(&format!("{EVENTS}?kind=nothing")).problem(422, "invalid_input");
    assert!(wrong["violations"][0]["message"].as_str().unwrap().contains("node_status"), "{wrong}");
    let unknown = cluster.node("a").get(&format!("{EVENTS}?node=zz")).problem(404, "not_found");
    assert_eq!(unknown["suggestion"], "the nodes are a, b, c");
    let wrong = cluster.node("a").get(&format!("{EVENTS}?replay=-1")).problem(422, "invalid_input");
    assert_eq!(wrong["violations"][0]["message"], "is not a whole number from 0 to 1000");
}

/// The last ones that pass the filter, the newest last.
fn assert_replay(cluster: &Cluster) {
    let events = cluster.node("a").events(&format!("{EVENTS}?kind=verdict&replay=2"));
    let changes: Vec<Value> = events.take(2).map(|event| event.data["change"].clone()).collect();
    assert_eq!(changes[1]["verdict"], "whole", "{changes:?}");
    assert_eq!(changes[0]["verdict"], changes[1]["before"], "{changes:?}");
}

/// By another node, and by another start of the same one.
fn assert_what_is_missed_is_told(cluster: &Cluster, id_of_b: &str) {
    let why = |node: &str, id: &str| {
        let request = cluster.node(node).request("GET", EVENTS).header("last-event-id", id);
        let first = request.events().one();
        assert_eq!(first.data["change"]["kind"], "events_missed", "{first:?}");
        (first.data["change"]["why"].as_str().unwrap().to_owned(), first.id)
    };
    assert_eq!(why("a", id_of_b).0, "other_node");
    let (restarted, place) = why("c", "c.1.7");
    assert_eq!(restarted, "restarted");
    let request = cluster.node("c").request("GET", EVENTS).header("last-event-id", &place);
    assert_eq!(number(&request.events().one()), 1, "it goes on with the first of this start");
}

fn after_the_end(id: &str) -> String {
    let (start, _) = id.rsplit_once('.').unwrap();
    format!("{start}.99999999")
}

fn number(event: &Event) -> u64 {
    let number = event.data["number"].as_u64().unwrap();
    assert!(event.id.ends_with(&format!(".{number}")), "{event:?}");
    number
}

#[track_caller]
fn assert_down(event: &Event, by: &str) {
    let (change, seen_by) = (&event.data["change"], &event.data["seen_by"]);
    assert_eq!((&change["node"], &change["status"]), (&json!("c"), &json!("down")), "{event:?}");
    assert_eq!((&change["before"], seen_by), (&json!("up"), &json!(by)), "{event:?}");
    assert_eq!(change["reason"], "its connection was closed");
}
