//! What a node shows of its cluster while it is whole, and when a node is frozen and dead.

use serde_json::{Value, json};

use crate::harness::{Cluster, SANDBOXES, create_counters, until};

#[test]
fn a_node_shows_who_sees_whom_what_connects_it_and_who_runs_what() {
    let mut cluster = Cluster::start(3);
    create_counters(cluster.node("a"), 4, &["a", "b"]);
    assert_whole(&cluster);
    assert_distribution(&cluster);
    assert_busy_is_known(&cluster);
    let connections = get(&cluster, "connections");
    let found = &connections["discoveries"][0];
    assert_eq!((&found["kind"], &found["failures"]), (&json!("static"), &json!(0)), "{found}");
    assert_eq!(found["addresses"].as_array().unwrap().len(), 2, "{found}");
    let paths = connections["paths"].clone();
    let path = &paths[0];
    assert_eq!((&path["node"], &path["status"]), (&json!("b"), &json!("up")), "{paths}");
    assert!(path["round_trip_ms"].is_number() && path["up_since"].is_string(), "{path}");
    assert_eq!((&paths[1]["node"], &paths[1]["calls_in_flight"]), (&json!("c"), &json!(0)));

    cluster.freeze("c");
    // Asked while it is still taken for alive: what is known is answered, and not an error.
    let frozen = inspect(&cluster, "c");
    assert_eq!(frozen["known_by"], "a", "{frozen}");
    assert!(frozen["unanswered"].is_string() && frozen["node"]["os_process"].is_u64(), "{frozen}");
    cluster.kill("c");
    cluster.until_seen("a", "c", &["down"]);
    let dead = inspect(&cluster, "c");
    assert_eq!((&dead["node"]["status"], &dead["seen"]["by"]), (&json!("down"), &json!("a")));
    assert_eq!(dead["last_said"]["voters"]["voters"], json!(["a", "b", "c"]), "{dead}");
    assert!(dead.get("quorum").is_none() && dead["node"]["facts_age_ms"].is_u64(), "{dead}");
    let alive = inspect(&cluster, "b");
    assert_eq!((&alive["known_by"], &alive["seen"]["status"]), (&json!("b"), &json!("up")));
    assert!(alive.get("unanswered").is_none(), "{alive}");

    assert_failed_dials(&cluster);
    let shown = get(&cluster, "partitions");
    assert_eq!(shown["sides"], json!([{ "members": ["a", "b"] }]), "{shown}");
    assert_eq!(
        (&shown["absent"][0]["node"], &shown["absent"][0]["status"]),
        (&json!("c"), &json!("down"))
    );
    assert_eq!(shown["verdicts"][2]["is_current"], false, "{shown}");
    assert!(shown["advice"].is_string() && shown["reason"].is_string(), "{shown}");
    let spread = get(&cluster, "distribution");
    assert_eq!(spread["nodes"][2]["status"], "down");
    assert!(spread["nodes"][2].get("processes").is_none(), "{spread}");
}

fn assert_whole(cluster: &Cluster) {
    let shown = until("all pairs see each other, and all verdicts are heard", || {
        let shown = get(cluster, "partitions");
        let sees = |pair: &Value| {
            ["one_sees_other", "other_sees_one"].iter().all(|way| pair[way]["sight"] == "sees")
        };
        let verdicts = shown["verdicts"].as_array().unwrap();
        let is_whole = shown["pairs"].as_array().unwrap().iter().all(sees)
            && verdicts.iter().all(|one| one["verdict"] == "whole");
        if is_whole { Ok(shown) } else { Err(shown.to_string()) }
    });
    assert_eq!(shown["pairs"].as_array().unwrap().len(), 3, "{shown}");
    assert_eq!(shown["sides"], json!([{ "members": ["a", "b", "c"] }]));
    for nothing in ["contradictions", "evidence", "absent"] {
        assert_eq!(shown[nothing], json!([]), "{shown}");
    }
    assert!(shown.get("advice").is_none(), "{shown}");
}

fn assert_distribution(cluster: &Cluster) {
    let spread = until("the counters of b are heard of", || {
        let spread = get(cluster, "distribution");
        let types = spread["types"].as_array().unwrap();
        let counters = types.iter().find(|one| one["type"] == "Counter");
        let is_known = counters.is_some_and(|one| one["total"] == 4);
        if is_known { Ok(spread) } else { Err(spread.to_string()) }
    });
    let types = spread["types"].as_array().unwrap();
    let counters = types.iter().find(|one| one["type"] == "Counter").unwrap();
    assert_eq!(counters["nodes"], json!({ "a": 2, "b": 2, "c": 0 }), "{spread}");
    assert_eq!(counters["skew"], 1.5, "2 of 4, over a mean of 4/3");
    assert!(spread["nodes"].as_array().unwrap().iter().all(|node| node["role"] == "voter"));
    assert!(types.iter().all(|one| one["type"] != "Root"), "Arsenal's own are left out: {spread}");
    let whole = get(cluster, "distribution?include_internal=true");
    assert!(whole["total"].as_u64() > spread["total"].as_u64(), "{whole}");
    assert!(whole["types"].as_array().unwrap().iter().any(|one| one["type"] == "Root"), "{whole}");
}

/// A ticker works for a millisecond of each few, on one node.
fn assert_busy_is_known(cluster: &Cluster) {
    let ticker = json!({
        "name": "busy", "nodes": ["b"],
        "children": [{ "blueprint": "ticker", "arguments": { "interval_ms": 1 } }],
    });
    cluster.node("a").post(SANDBOXES, &ticker).ok(201);
    let (spread, tickers) = until("the ticker of b is seen to be busy", || {
        let spread = get(cluster, "distribution");
        let types = spread["types"].as_array().unwrap();
        let tickers = types.iter().find(|one| one["type"] == "Ticker").cloned();
        let tickers = tickers.filter(|one| one["busy"]["b"].as_f64() > Some(0.0));
        tickers.map(|tickers| (spread.clone(), tickers)).ok_or_else(|| spread.to_string())
    });
    assert_eq!(tickers["busy"]["a"], 0.0, "{spread}");
    let skew = tickers["busy_skew"].as_f64().unwrap();
    assert!((skew - 3.0).abs() < 1e-9, "one of three is busy: {spread}");
    let processes = &spread["nodes"][1]["processes"];
    assert_eq!(processes["busy_by_type"]["Ticker"], tickers["busy"]["b"], "{spread}");
    assert!(processes["busy_share"].as_f64() >= tickers["busy"]["b"].as_f64(), "{spread}");
}

/// Node `c` was killed: its address is dialled again and again, and nothing listens there.
fn assert_failed_dials(cluster: &Cluster) {
    let failure = until("a has dialled c in vain", || {
        let shown = get(cluster, "connections");
        let failures = shown["failures"].as_array().unwrap();
        let failure = failures.iter().find(|one| one["count"].as_u64() > Some(1));
        failure.cloned().ok_or_else(|| shown.to_string())
    });
    assert_eq!((&failure["node"], &failure["code"]), (&json!("c"), &json!("connect")), "{failure}");
    assert!(failure["reason"].as_str().unwrap().contains("refused"), "{failure}");
    assert!(failure["failed_since"].is_string() && failure["next_try_in_ms"].is_u64(), "{failure}");
}

fn get(cluster: &Cluster, picture: &str) -> Value {
    cluster.node("a").get(&format!("/api/v1/cluster/{picture}")).ok(200)
}

fn inspect(cluster: &Cluster, node: &str) -> Value {
    get(cluster, &format!("nodes/{node}"))
}
