//! Streams of events: whole, resumed, left by their client.

use std::io::{BufRead as _, BufReader};

use serde_json::json;

use crate::harness::{Client, Cluster, until};

/// Longer than this test runs.
const SILENT: &str = "pause_ms=3600000";

#[test]
fn a_stream_goes_on_where_it_was_cut_and_ends_with_its_client() {
    let cluster = Cluster::start(1);
    let node = cluster.node("a");
    let whole = node.get("/api/v1/test/ticks/a");
    assert_eq!((whole.status, whole.header("content-type")), (200, "text/event-stream"));
    let end = "event: end\ndata: {}\n\n";
    assert_eq!(
        whole.text(),
        format!("id: 1\ndata: 1\n\nid: 2\ndata: 2\n\nid: 3\ndata: 3\n\n{end}")
    );
    let rest = node.request("GET", "/api/v1/test/ticks/a").header("last-event-id", "2").send();
    assert_eq!(rest.text(), format!("id: 3\ndata: 3\n\n{end}"));
    let refused = node.request("GET", "/api/v1/test/ticks/a").header("last-event-id", "x").send();
    refused.problem(409, "conflict");

    let mut lines =
        BufReader::new(node.request("GET", "/api/v1/test/ticks/a?count=1000000").open());
    let mut first = String::new();
    lines.read_line(&mut first).unwrap();
    assert_eq!(first, "id: 1\n");
    let silent = node.request("GET", &format!("/api/v1/test/ticks/a?{SILENT}")).open();
    until_running(node, 2);
    drop((lines, silent));
    until_running(node, 0);
}

fn until_running(node: &Client, count: usize) {
    until("so many streams run", || {
        let running = node.get("/api/v1/test/ticking/a").ok(200);
        if running == json!(count) { Ok(()) } else { Err(running.to_string()) }
    });
}
