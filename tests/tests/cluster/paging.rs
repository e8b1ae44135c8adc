//! One page over all nodes: every row once, never more than asked for.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::harness::{Client, Cluster, create_counters};

#[test]
fn pages_over_all_nodes_show_every_row_once() {
    let cluster = Cluster::start(3);
    let id = create_counters(cluster.node("a"), 50, &[]);
    create_counters(cluster.node("b"), 20, &["b"]);

    let counters = rows(cluster.node("c"), "/api/v1/cluster/processes", "type=Counter", 7);
    assert_eq!(distinct(&counters, "pid"), 70);
    let on_b = rows(cluster.node("c"), "/api/v1/cluster/processes", "type=Counter&node=b", 7);
    assert!(on_b.iter().all(|row| row["node"] == "b"));
    assert!((36..=37).contains(&distinct(&on_b, "pid")), "{}", on_b.len());

    let whole = cluster.node("a").get("/api/v1/cluster/processes?limit=1000").ok(200);
    let whole = whole["data"]["items"].as_array().unwrap();
    let everything = rows(cluster.node("a"), "/api/v1/cluster/processes", "", 7);
    assert_eq!(distinct(&everything, "pid"), whole.len());

    let names = format!("prefix={id}.");
    let names = rows(cluster.node("b"), "/api/v1/registry", &names, 7);
    assert_eq!(distinct(&names, "name"), 50);
    let operations = pages(cluster.node("a"), "/api/v1/operations", "", 3, "");
    assert_eq!(distinct(&operations, "name"), operations.len());

    let bad = cluster.node("a").get("/api/v1/cluster/processes?limit=0");
    bad.problem(422, "invalid_input");
    let bad = cluster.node("a").get("/api/v1/cluster/processes?cursor=nonsense");
    assert!(bad.status == 200 || bad.status == 422, "{}", bad.text());
    cluster.node("a").get("/api/v1/cluster/processes?node=zzz").problem(404, "not_found");
}

/// All rows of an operation that asks all nodes, page by page.
fn rows(client: &Client, path: &str, query: &str, limit: usize) -> Vec<Value> {
    pages(client, path, query, limit, "/data")
}

/// All rows, page by page; `place` points to the page in the answer.
fn pages(client: &Client, path: &str, query: &str, limit: usize, place: &str) -> Vec<Value> {
    let mut rows = Vec::new();
    let mut cursor = String::new();
    // More pages than there can be rows would be a loop.
    for _ in 0..1000 {
        let answer = client.get(&format!("{path}?{query}&limit={limit}{cursor}")).ok(200);
        let page = answer.pointer(place).unwrap();
        let items = page["items"].as_array().unwrap();
        assert!(items.len() <= limit, "{page}");
        rows.extend_from_slice(items);
        let Some(next) = page["next_cursor"].as_str() else { return rows };
        assert!(!items.is_empty(), "a page that another follows is not empty: {page}");
        cursor = format!("&cursor={}", encoded(next));
    }
    panic!("the pages of {path} do not end");
}

fn encoded(text: &str) -> String {
    let bytes: Vec<String> = text.bytes().map(|byte| format!("%{byte:02X}")).collect();
    bytes.concat()
}

/// How many different values a member has; each must be a text.
#[track_caller]
fn distinct(rows: &[Value], member: &str) -> usize {
    let values: BTreeSet<&str> = rows.iter().map(|row| row[member].as_str().unwrap()).collect();
    assert_eq!(values.len(), rows.len(), "a row stands twice");
    values.len()
}
