//! What bounds a run: keys that make it run once, limits of each node, deadlines; and the dry run.

use std::{thread, time::Duration};

use serde_json::{Value, json};

use crate::harness::{
    Answer, Client, Cluster, SANDBOXES, counters, counters_by_node, measured, until,
};

fn keyed(on: &Client, path: &str, key: &str, body: &Value) -> Answer {
    let request = on.request("POST", path).with_token().header("idempotency-key", key);
    request.json(body).send()
}

fn is_replayed(answer: &Answer) -> bool {
    answer.header("idempotency-replayed") == "true"
}

#[test]
fn a_sandbox_is_created_once_for_each_key() {
    let cluster = Cluster::start(3);
    let a = cluster.node("a");
    let body = counters(6, &[]);
    let create = || keyed(a, SANDBOXES, "one", &body);
    let answers: Vec<Answer> = thread::scope(|scope| {
        let calls: Vec<_> = (0..4).map(|_| scope.spawn(create)).collect();
        calls.into_iter().map(|call| call.join().unwrap()).collect()
    });
    let first = answers[0].ok(201);
    assert!(answers.iter().all(|answer| answer.ok(201) == first), "the same sandbox for all");
    assert_eq!(answers.iter().filter(|answer| is_replayed(answer)).count(), 3);
    let again = create();
    assert!(is_replayed(&again) && again.ok(201) == first);
    assert_eq!(counters_by_node(a).values().sum::<usize>(), 6);
    let list = a.get(SANDBOXES).ok(200);
    assert_eq!(list["data"]["items"].as_array().unwrap().len(), 1, "{list}");

    let conflict = keyed(a, SANDBOXES, "one", &counters(7, &[])).problem(409, "conflict");
    assert_eq!(conflict["failures"][0]["ran"], "no", "{conflict}");
    let other = keyed(a, SANDBOXES, "two", &body).ok(201);
    assert_ne!(other["id"], first["id"]);
    let bad = keyed(a, "/api/v1/test/seldom/a", "one", &json!({})).problem(422, "invalid_input");
    let message = bad["violations"][0]["message"].as_str().unwrap();
    assert_eq!(message, "this operation takes no Idempotency-Key");
}

#[test]
fn a_key_runs_once_on_the_node_that_executes_whichever_is_asked() {
    let cluster = Cluster::start(3);
    let [a, b] = ["a", "b"].map(|name| cluster.node(name));
    let once = "/api/v1/test/once/c";
    let first = keyed(a, once, "k", &json!({}));
    let second = keyed(b, once, "k", &json!({}));
    assert_eq!(first.ok(200), json!({ "node": "c", "number": 1 }));
    assert_eq!(second.ok(200), first.ok(200));
    assert!(!is_replayed(&first) && is_replayed(&second));

    let slow = json!({ "ms": 1500 });
    let impatient = a.request("POST", once).with_token().header("idempotency-key", "slow");
    impatient.json(&slow).deadline_ms(300).send().problem(504, "distributed_timeout");
    let patient = keyed(b, once, "slow", &slow);
    assert!(is_replayed(&patient), "the run went on without its caller");
    assert_eq!(patient.ok(200), json!({ "node": "c", "number": 2 }));

    let panics = json!({ "panic": true });
    assert!(!is_replayed(&keyed(a, once, "panic", &panics)));
    let again = keyed(a, once, "panic", &panics);
    again.problem(500, "internal");
    assert!(is_replayed(&again));
    assert_eq!(keyed(a, once, "next", &json!({})).ok(200)["number"], 4, "it panicked once");

    let all = "/api/v1/test/once-on-all";
    let first = keyed(a, all, "k", &json!({})).ok(200);
    assert_eq!(first["nodes"], json!({ "asked": 3, "answered": 3 }));
    assert_eq!(keyed(b, all, "k", &json!({})).ok(200)["data"], first["data"]);
}

#[test]
fn a_node_enforces_its_limits_whichever_is_asked() {
    let cluster = Cluster::start(2);
    let [a, b] = ["a", "b"].map(|name| cluster.node(name));
    let seldom =
        |on: &Client, node: &str| on.post(&format!("/api/v1/test/seldom/{node}"), &json!({}));
    for on in [a, b] {
        let answer = seldom(on, "b");
        assert_eq!(answer.ok(200)["node"], "b");
        assert_eq!(answer.header("deprecation"), "@1793491200");
        assert_eq!(answer.header("sunset"), "Mon, 01 Mar 2027 00:00:00 GMT");
    }
    for on in [a, b] {
        let answer = seldom(on, "b");
        let refused = answer.problem(429, "rate_limited");
        let failure = &refused["failures"][0];
        assert_eq!((&failure["node"], &failure["ran"]), (&json!("b"), &json!("no")));
        let wait: u32 = answer.header("retry-after").parse().unwrap();
        assert!((1700..=1800).contains(&wait), "{wait}");
    }
    seldom(a, "a").ok(200);

    let large = json!({ "ms": 0, "padding": "x".repeat(1024) });
    let refused = a.post("/api/v1/test/once/b", &large).problem(413, "too_large");
    assert!(refused["detail"].as_str().unwrap().contains("1024"), "{refused}");

    let alone = a.connect_and_post("/api/v1/test/alone/b", 20_000);
    until_lingering(b, "b", 1);
    for on in [a, b] {
        let refused = on.post("/api/v1/test/alone/b", &json!({})).problem(503, "overloaded");
        let failure = &refused["failures"][0];
        assert_eq!((&failure["node"], &failure["ran"]), (&json!("b"), &json!("no")));
    }
    drop(alone);
}

fn until_lingering(seen_by: &Client, node: &str, count: u32) {
    until(&format!("{count} linger on {node}"), || {
        let found = seen_by.get(&format!("/api/v1/test/lingering/{node}")).ok(200);
        if found == count { Ok(()) } else { Err(found.to_string()) }
    });
}

#[test]
fn nothing_runs_on_that_nobody_waits_for() {
    const DEADLINE_MS: u32 = 1500;
    /// Far below the time limit of the operation.
    const ENDED_MAX: Duration = Duration::from_secs(10);
    let mut cluster = Cluster::start(2);
    let b = cluster.node("b").clone();

    let request = cluster.node("a").request("POST", "/api/v1/test/alone/b").with_token();
    request.deadline_ms(300).send().problem(504, "distributed_timeout");
    let ((), took) = measured(|| until_lingering(&b, "b", 0));
    assert!(took < ENDED_MAX, "the deadline of the caller holds where it executes: {took:?}");

    let connection = b.connect_and_post("/api/v1/test/alone/b", 30_000);
    until_lingering(&b, "b", 1);
    drop(connection);
    let ((), took) = measured(|| until_lingering(&b, "b", 0));
    assert!(took < ENDED_MAX, "a client that hangs up ends what runs at its node: {took:?}");

    let connection = cluster.node("a").connect_and_post("/api/v1/test/alone/b", 30_000);
    until_lingering(&b, "b", 1);
    drop(connection);
    let ((), took) = measured(|| until_lingering(&b, "b", 0));
    assert!(took < ENDED_MAX, "and also what runs elsewhere: {took:?}");

    let _connection = cluster.node("a").connect_and_post("/api/v1/test/alone/b", DEADLINE_MS);
    until_lingering(&b, "b", 1);
    cluster.kill("a");
    let ((), took) = measured(|| until_lingering(&b, "b", 0));
    assert!(took < ENDED_MAX, "at its deadline when the node that called dies: {took:?}");
}

#[test]
fn a_dry_run_names_the_nodes_dead_or_alive_and_runs_nothing() {
    let mut cluster = Cluster::start(3);
    cluster.kill("c");
    cluster.until_seen("a", "c", &["down"]);
    let a = cluster.node("a");
    let tried = |method: &str, path: &str, body: &Value| {
        let request = a.request(method, path).with_token().header("arsenal-dry-run", "true");
        request.json(body).send()
    };
    let answer = until("the two that are left may decide", || {
        let answer = tried("POST", "/api/v1/test/count-on-majority", &json!({}));
        let is_decided = answer.json()["partition"]["verdict"] == "majority";
        if is_decided { Ok(answer) } else { Err(answer.text()) }
    });
    assert_eq!(answer.header("content-type"), "application/vnd.arsenal.dry-run+json");
    assert_eq!(answer.status, 200, "{}", answer.text());
    let expected = json!({
        "operation": "count.on_majority",
        "nodes": [
            { "node": "a", "reachable": true },
            { "node": "b", "reachable": true },
            { "node": "c", "reachable": false },
        ],
        "partition": { "needs": "any", "verdict": "majority" },
    });
    assert_eq!(answer.json(), expected);
    let required = tried("POST", "/api/v1/test/count-on-all", &json!({}));
    assert_eq!(required.problem(503, "node_required")["failures"][0]["node"], "c");
    tried("POST", "/api/v1/test/once/c", &json!({})).problem(503, "node_unavailable");
    tried("POST", "/api/v1/test/once/x", &json!({})).problem(404, "not_found");
    tried("POST", "/api/v1/test/once/b", &json!({ "ms": "no" })).problem(422, "invalid_input");
    let created = tried("POST", SANDBOXES, &counters(2, &[]));
    assert_eq!((created.status, &created.json()["partition"]["needs"]), (200, &json!("majority")));
    let runs = a.get("/api/v1/test/count").ok(200);
    assert_eq!(runs["data"]["runs"], 0, "nothing ran: {runs}");
    assert_eq!(a.get(SANDBOXES).ok(200)["data"]["items"], json!([]));
}
