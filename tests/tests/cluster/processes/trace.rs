//! Messages are traced: of an actor of node c through node a, and over all nodes that a request reaches.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::surface::on_both;
use crate::harness::{Client, Cluster, until};

const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";

/// What happened to which message, in the order that is told.
fn kinds(trace: &Value) -> Vec<String> {
    let text = |event: &Value| {
        let message = event["message"].as_str().unwrap_or_default();
        format!("{} {} {message}", event["node"].as_str().unwrap(), event["kind"].as_str().unwrap())
    };
    trace["events"].as_array().unwrap().iter().map(text).collect()
}

#[track_caller]
fn id(started: &Value) -> String {
    started["session"]["id"].as_str().expect("an id").to_owned()
}

#[test]
fn a_process_of_node_c_is_traced_through_node_a() {
    on_both(|a| {
        let counter = a.start("counter", "traced", &json!({}));
        let options = json!({ "duration_ms": 60_000, "payloads": true });
        let started = a.post(&format!("{counter}/trace"), &options).ok(201);
        assert_eq!(started["failures"], json!([]), "{started}");
        let nodes: Vec<_> = started["session"]["nodes"].as_object().unwrap().keys().collect();
        assert_eq!(nodes, ["c"], "nothing of it happens elsewhere");
        let trace = format!("/traces/{}", id(&started));
        a.send(&counter, &json!({ "add": 5 })).ok(200);
        assert_eq!(a.call(&counter, &json!("get")), 5);
        let told = until("all is told", || {
            let told = a.get(&trace).ok(200);
            let count = told["events"].as_array().unwrap().len();
            if count == 7 { Ok(told) } else { Err(told.to_string()) }
        });
        let kinds = kinds(&told);
        assert_eq!(kinds[..3], ["c sent add", "c received add", "c handled add"]);
        assert_eq!(kinds[3..5], ["c sent get", "c received get"]);
        // The reply is noticed by a task beside the handler.
        let last: BTreeSet<&str> = kinds[5..].iter().map(String::as_str).collect();
        assert_eq!(last, BTreeSet::from(["c handled get", "c replied get"]));
        let received = &told["events"][1];
        assert_eq!(
            (&received["payload"], &received["type"]),
            (&json!("Add(5)"), &json!("Counter"))
        );
        assert!(counter.ends_with(received["pid"].as_str().unwrap()), "{received}");
        assert!(received["waited_us"].is_u64() && told["events"][2]["duration_us"].is_u64());

        assert_eq!(told["failures"], json!([]), "the others have nothing to give");
        let listed = a.get("/traces").ok(200);
        assert_eq!(listed["data"][0]["is_running"], true, "{listed}");
        let ended = a.delete(&trace).ok(200);
        assert_eq!(ended["session"]["is_running"], false, "{ended}");
        assert_eq!(ended["session"]["nodes"]["c"]["ended"], "request");
        assert_eq!(ended["failures"], json!([]));
        a.send(&counter, &json!({ "add": 5 })).ok(200);
        assert_eq!(a.call(&counter, &json!("get")), 10);
        assert_eq!(a.get(&trace).ok(200)["session"]["events"], 7, "it is over");

        let chrome = a.get(&format!("{trace}/export?format=chrome")).ok(200);
        let phases = phases(&chrome);
        assert_eq!((phases["X"], phases["s"], phases["f"]), (4, 2, 2), "{chrome}");
        let json = a.get(&format!("{trace}/export?format=json&limit=2")).ok(200);
        assert_eq!((json["events"].as_array().unwrap().len(), &json["omitted"]), (2, &json!(5)));
        for path in ["", "/export", "/events"] {
            a.get(&format!("/traces/00000000000000ff{path}")).problem(404, "not_found");
        }
        a.delete("/traces/00000000000000ff").problem(404, "not_found");
    });
}

#[test]
fn a_session_on_one_process_ends_with_it_and_its_stream_does() {
    let cluster = Cluster::start(2);
    let a = cluster.node("a");
    let start = json!({ "blueprint": "counter", "name": "brief", "node": "b" });
    a.post("/api/v1/processes", &start).ok(201);
    let begin = |options: &Value| {
        let started = a.post("/api/v1/processes/brief/trace", options).ok(201);
        format!("/api/v1/traces/{}", id(&started))
    };
    let alone = begin(&json!({ "duration_ms": 300_000 }));
    let followed = begin(&json!({ "duration_ms": 300_000, "follow": true }));
    let live = a.events(&format!("{alone}/events"));
    a.post("/api/v1/processes/brief/restart", &json!({})).ok(200);
    let told = live.filter(|event| event.name.is_empty());
    let told: Vec<_> = told.map(|event| event.data["data"]["kind"].clone()).collect();
    assert_eq!(told, ["stopped"], "and nothing after it");
    let session = &a.get(&alone).ok(200)["session"];
    assert_eq!(
        (&session["is_running"], &session["nodes"]["b"]["ended"]),
        (&json!(false), &json!("process_ended"))
    );
    assert_eq!(a.get(&followed).ok(200)["session"]["is_running"], true);
}

#[test]
fn a_node_that_was_started_anew_is_named_as_one_whose_part_is_missing() {
    let mut cluster = Cluster::start(2);
    let a = cluster.node("a").clone();
    let start = json!({ "blueprint": "counter", "name": "there", "node": "b" });
    a.post("/api/v1/processes", &start).ok(201);
    let follow = json!({ "duration_ms": 300_000, "follow": true });
    let started = a.post("/api/v1/processes/there/trace", &follow).ok(201);
    let path = format!("/api/v1/traces/{}", id(&started));
    cluster.kill("b");
    cluster.start_node("b");
    until("node b has forgotten its part", || {
        let told = a.get(&path).ok(200);
        if told["failures"][0]["code"] == "gone" { Ok(()) } else { Err(told.to_string()) }
    });
    let chrome = a.get(&format!("{path}/export?format=chrome")).ok(200);
    let failure = &chrome["metadata"]["failures"][0];
    assert_eq!((&failure["node"], &failure["code"]), (&json!("b"), &json!("gone")), "{chrome}");
}

#[test]
fn what_cannot_be_traced_is_refused_with_the_reason() {
    on_both(|a| {
        let internal = a.list("kind=internal&node=c");
        let internal = internal[0]["pid"].as_str().unwrap();
        let path = format!("/processes/{internal}/trace");
        a.post(&path, &json!({})).problem(403, "forbidden");
        a.post("/processes/nobody/trace", &json!({})).problem(404, "not_found");
        let counter = a.start("counter", "not too long", &json!({}));
        let long = json!({ "duration_ms": 600_001, "max_events": 100_001, "sampling": 1.5 });
        let refused = a.post(&format!("{counter}/trace"), &long).problem(422, "invalid_input");
        assert_eq!(refused["violations"].as_array().unwrap().len(), 3, "{refused}");
        let many = json!({ "messages": vec!["x"; 33] });
        a.post(&format!("{counter}/trace"), &many).problem(422, "invalid_input");
        let long = json!({ "messages": ["x".repeat(129)] });
        a.post(&format!("{counter}/trace"), &long).problem(422, "invalid_input");
        for nothing in [json!({ "messages": [] }), json!({ "sampling": 0 })] {
            a.post(&format!("{counter}/trace"), &nothing).problem(422, "invalid_input");
        }
        for (follow, name, hint) in
            [(false, "gte", "did you mean `get`?"), (true, "nosuch", "there are `add`, `get`")]
        {
            let unknown = json!({ "messages": ["add", name], "follow": follow });
            let refused = a.post(&format!("{counter}/trace"), &unknown);
            let refused = refused.problem(422, "invalid_input");
            let violation = &refused["violations"][0];
            assert_eq!(violation["pointer"], "/messages/1", "{refused}");
            assert!(violation["message"].as_str().unwrap().contains(hint), "{refused}");
        }
        assert_eq!(a.get("/traces").ok(200)["data"], json!([]), "nothing has begun");
    });
    let cluster = Cluster::start(1);
    let a = cluster.node("a");
    let bare = a.post("/api/v1/test/named/a", &json!({ "ractor_name": "bare" })).ok(201);
    let path = format!("/api/v1/processes/{}/trace", bare.as_str().unwrap());
    let refused = a.post(&path, &json!({})).problem(409, "conflict");
    assert!(refused["suggestion"].as_str().unwrap().contains("spawn_instrumented"), "{refused}");
}

#[test]
fn what_nodes_ask_of_each_other_is_checked_like_any_request() {
    on_both(|a| {
        let counter = a.start("counter", "checked", &json!({}));
        let counter = counter.rsplit('/').next().unwrap();
        let path = "/traces/00000000000000aa/shares";
        let options = json!({ "on": { "type": "" }, "duration_ms": u32::MAX, "max_events": 0 });
        let refused = a.post(path, &options).problem(422, "invalid_input");
        assert_eq!(refused["violations"].as_array().unwrap().len(), 3, "{refused}");
        let internal = a.list("kind=internal&node=c");
        let internal = &internal[0]["pid"];
        let on = json!({ "on": { "process": { "pid": internal, "follow": false } } });
        let refused = a.post(path, &on).problem(404, "not_found");
        assert_eq!(refused["failures"][2]["code"], "forbidden", "{refused}");

        let on = json!({ "on": { "process": { "pid": counter, "follow": true } } });
        assert_eq!(a.post(path, &on).ok(200)["data"].as_array().unwrap().len(), 3);
        a.post(path, &on).ok(200);
        let other = json!({ "on": { "type": "Counter" } });
        a.post(path, &other).problem(409, "conflict");
        a.delete("/traces/00000000000000aa").ok(200);
        let over = a.post(path, &on).problem(409, "conflict");
        assert!(over["detail"].as_str().unwrap().contains("is over"), "{over}");
        assert_eq!(a.get("/traces").ok(200)["data"].as_array().unwrap().len(), 1);
    });
}

#[test]
fn a_session_is_nowhere_where_the_node_of_its_process_has_no_room() {
    on_both(|a| {
        let counter = a.start("counter", "full", &json!({}));
        let relay = a.start("relay", "free", &json!({}));
        let follow = json!({ "follow": true, "max_events": 100_000, "duration_ms": 60_000 });
        let alone = json!({ "max_events": 100_000, "duration_ms": 60_000 });
        for _ in 0..2 {
            a.post(&format!("{counter}/trace"), &alone).ok(201);
        }
        let refused = a.post(&format!("{relay}/trace"), &alone).problem(409, "conflict");
        assert!(refused["detail"].as_str().unwrap().contains("node `c`"), "{refused}");
        a.post(&format!("{relay}/trace"), &follow).problem(409, "conflict");
        let running = a.get("/traces").ok(200);
        let running = running["data"].as_array().unwrap().iter();
        assert_eq!(running.filter(|session| session["is_running"] == true).count(), 2);
    });
}

/// A chain of relays, one on each node: a hands on to b, and b to c.
fn chain(cluster: &Cluster) {
    let a = cluster.node("a");
    for (node, joins, next) in [("a", "", "of-b"), ("b", "of-b", "of-c"), ("c", "of-c", "")] {
        let request = json!({
            "blueprint": "relay", "name": format!("relay-{node}"), "node": node,
            "arguments": { "joins": joins, "next": next },
        });
        a.post("/api/v1/processes", &request).ok(201);
    }
    for node in ["a", "b"] {
        until("the next one is known", || {
            let call = json!({ "message": "reach", "mode": "call" });
            let answer = a.post(&format!("/api/v1/processes/relay-{node}/message"), &call).ok(200);
            if answer["reply"] == 1 { Ok(()) } else { Err(answer.to_string()) }
        });
    }
}

#[test]
fn a_request_is_followed_over_all_nodes_in_order() {
    let cluster = Cluster::start(3);
    chain(&cluster);
    let a = cluster.node("a");
    let follow = json!({ "follow": true, "duration_ms": 60_000, "payloads": true });
    let started = a.post("/api/v1/processes/relay-a/trace", &follow).ok(201);
    let path = format!("/api/v1/traces/{}", id(&started));
    let mut live = cluster.node("b").events(&format!("{path}/events"));
    // Nothing on a led to this.
    send(a, "relay-b", &json!({ "pass": "other" }), None);
    send(a, "relay-a", &json!({ "pass": "hello" }), Some(TRACE));
    let expected = [
        "a sent pass",
        "a received pass",
        "a sent pass",
        "b received pass",
        "b sent pass",
        "c received pass",
    ];
    let told = until("all is told", || {
        let told = cluster.node("c").get(&path).ok(200);
        let handled = kinds(&told).iter().filter(|kind| kind.contains("handled")).count();
        if handled == 3 { Ok(told) } else { Err(told.to_string()) }
    });
    let mut order = kinds(&told);
    order.retain(|kind| !kind.contains("handled"));
    assert_eq!(order, expected);
    for event in told["events"].as_array().unwrap() {
        assert_eq!(event["trace_id"], TRACE, "{event}");
    }
    assert_eq!(told["events"].as_array().unwrap().len(), 9);
    let at_c = told["events"].as_array().unwrap().iter().find(|event| event["node"] == "c");
    assert_eq!(at_c.unwrap()["payload"], r#"Pass("hello")"#);

    let mut by_node = BTreeMap::<String, Vec<u64>>::new();
    let mut last = String::new();
    for event in live.by_ref().take(5) {
        let (node, number) = (&event.data["node"], &event.data["data"]["number"]);
        by_node
            .entry(node.as_str().unwrap().to_owned())
            .or_default()
            .push(number.as_u64().unwrap());
        last = event.id;
    }
    drop(live);
    let again = a.request("GET", &format!("{path}/events")).header("last-event-id", &last);
    let again = again.events();
    a.delete(&path).ok(200);
    for event in again.take_while(|event| event.name.is_empty()) {
        let (node, number) = (&event.data["node"], &event.data["data"]["number"]);
        by_node
            .entry(node.as_str().unwrap().to_owned())
            .or_default()
            .push(number.as_u64().unwrap());
    }
    let expected = [("a", 4), ("b", 3), ("c", 2)];
    let expected = expected.map(|(node, count)| (node.to_owned(), (1..=count).collect()));
    assert_eq!(by_node, BTreeMap::from(expected));

    let chrome = a.get(&format!("{path}/export?format=chrome")).ok(200);
    assert_eq!((phases(&chrome)["s"], phases(&chrome)["f"]), (3, 3), "{chrome}");
    assert_arrows_go_on(&chrome);
}

#[test]
fn the_reply_of_another_node_is_noticed_there() {
    let cluster = Cluster::start(3);
    chain(&cluster);
    let a = cluster.node("a");
    let of_type = json!({ "type": "Relay", "duration_ms": 60_000, "messages": ["ask"] });
    let started = a.post("/api/v1/traces", &of_type).ok(201);
    let call = json!({ "message": { "ask": "four" }, "mode": "call" });
    assert_eq!(a.post("/api/v1/processes/relay-a/message", &call).ok(200)["reply"], 4);
    let path = format!("/api/v1/traces/{}", id(&started));
    let told = until("the reply is told", || {
        let told = a.get(&path).ok(200);
        let replied = kinds(&told).iter().filter(|kind| kind.contains("replied")).count();
        if replied == 3 { Ok(told) } else { Err(told.to_string()) }
    });
    let nodes: BTreeSet<_> =
        kinds(&told).into_iter().filter(|kind| kind.contains("replied")).collect();
    let expected = ["a replied ask", "b replied ask", "c replied ask"].map(str::to_owned);
    assert_eq!(nodes, BTreeSet::from(expected));
}

/// That it ends by its time, whoever asked for it, is a test on a paused clock.
#[test]
fn a_session_outlives_the_node_that_was_asked() {
    let mut cluster = Cluster::start(3);
    let a = cluster.node("a").clone();
    let start = json!({ "blueprint": "relay", "name": "there", "node": "c" });
    a.post("/api/v1/processes", &start).ok(201);
    let begin = |options: &Value| {
        let started = a.post("/api/v1/processes/there/trace", options).ok(201);
        format!("/api/v1/traces/{}", id(&started))
    };
    let followed = begin(&json!({ "duration_ms": 300_000, "follow": true }));
    let alone = begin(&json!({ "duration_ms": 300_000, "max_events": 3 }));
    cluster.kill("a");
    let c = cluster.node("c");
    send(c, "there@c", &json!({ "pass": "x" }), None);
    let expected = ["c sent pass", "c received pass", "c handled pass"];
    let told = until("all is told", || {
        let told = c.get(&followed).ok(200);
        if kinds(&told).len() == 3 { Ok(told) } else { Err(told.to_string()) }
    });
    assert_eq!(
        (kinds(&told), &told["session"]["is_running"]),
        (expected.map(str::to_owned).to_vec(), &json!(true))
    );
    assert_eq!(told["failures"][0]["node"], "a");
    let chrome = c.get(&format!("{followed}/export?format=chrome")).ok(200);
    assert_eq!(chrome["metadata"]["failures"][0]["node"], "a", "{chrome}");
    let ended = cluster.node("b").delete(&followed).ok(200);
    assert_eq!(ended["session"]["is_running"], false, "{ended}");
    assert_eq!(ended["failures"][0]["node"], "a");

    let told = cluster.node("b").get(&alone).ok(200);
    assert_eq!(
        (&told["session"]["nodes"]["c"]["ended"], kinds(&told).len()),
        (&json!("events"), 3)
    );
    assert_eq!(told["failures"], json!([]), "node a had no part in it");
    let told = c.events(&format!("{alone}/events")).filter(|event| event.name.is_empty()).count();
    assert_eq!(told, 3);
    let ended = cluster.node("b").delete(&alone).ok(200);
    assert_eq!(ended["failures"], json!([]), "nor has it now");
}

#[test]
fn a_flood_fills_a_session_and_nothing_more() {
    let cluster = Cluster::start(3);
    let a = cluster.node("a");
    let start = json!({ "type": "Teller", "duration_ms": 60_000, "max_events": 500 });
    let started = a.post("/api/v1/traces", &start).ok(201);
    let path = format!("/api/v1/traces/{}", id(&started));
    // Nobody reads it.
    let _slow = a.events(&format!("{path}/events"));
    let flood = json!({ "per_second": 1000, "duration_ms": 2000 });
    let churned = a.post("/api/v1/test/churn/c", &flood).ok(200);
    assert_eq!(churned["started"], 2000);
    let told = a.get(&path).ok(200);
    let on_c = &told["session"]["nodes"]["c"];
    assert_eq!((&on_c["events"], &on_c["ended"]), (&json!(500), &json!("events")), "{on_c}");
    let spawned = kinds(&told).iter().filter(|kind| kind.contains("spawned")).count();
    assert!(spawned > 10, "{spawned}");
}

fn send(client: &Client, to: &str, message: &Value, trace: Option<&str>) {
    let request = client.request("POST", &format!("/api/v1/processes/{to}/message")).with_token();
    let request = match trace {
        Some(trace) => request.header("traceparent", &format!("00-{trace}-00f067aa0ba902b7-01")),
        None => request,
    };
    request.json(&json!({ "message": message })).send().ok(200);
}

/// How many events of each phase a Chrome trace has.
fn phases(chrome: &Value) -> BTreeMap<String, usize> {
    let mut phases = BTreeMap::new();
    for event in chrome["traceEvents"].as_array().unwrap() {
        assert!(event["pid"].is_u64() && event["tid"].is_u64() && event["ts"].is_u64(), "{event}");
        *phases.entry(event["ph"].as_str().unwrap().to_owned()).or_default() += 1;
    }
    phases
}

/// No arrow ends before it begins, whatever the clocks of the nodes say.
fn assert_arrows_go_on(chrome: &Value) {
    let ends = |phase: &str| -> BTreeMap<String, u64> {
        let events = chrome["traceEvents"].as_array().unwrap().iter();
        let events = events.filter(|event| event["ph"] == phase);
        let end = |event: &Value| {
            (event["id"].as_str().unwrap().to_owned(), event["ts"].as_u64().unwrap())
        };
        events.map(end).collect()
    };
    let (begins, ends) = (ends("s"), ends("f"));
    assert!(begins.iter().all(|(id, at)| ends[id] >= *at), "{chrome}");
}
