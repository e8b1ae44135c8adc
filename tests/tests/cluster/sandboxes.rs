//! Sandboxes: actors on the nodes asked for, usable from any node, gone after DELETE.

use serde_json::{Value, json};

use crate::harness::{
    Cluster, SANDBOXES, assert_deletion_is_unfinished, counters, counters_by_node, create_counters,
    post_counters, until, until_counters, violations,
};

#[test]
fn a_sandbox_lives_on_the_nodes_asked_for_and_is_used_from_any() {
    let cluster = Cluster::start(3);
    let [a, b, c] = ["a", "b", "c"].map(|name| cluster.node(name));

    let body = json!({
        "name": "try",
        "placement_strategy": "spread",
        "nodes": ["a", "b", "c"],
        "children": [
            { "blueprint": "counter", "count": 7, "arguments": { "start": -3 } },
            { "blueprint": "tree" },
        ],
    });
    let created = a.post(SANDBOXES, &body).ok(201);
    let id = created["id"].as_str().unwrap();
    assert_eq!((&created["owner"], &created["name"]), (&json!("a"), &json!("try")));
    let found = counters_by_node(b);
    assert_eq!(found.values().sum::<usize>(), 7);
    assert!(found.values().all(|count| (2..=3).contains(count)), "spread evenly: {found:?}");

    let path = format!("{SANDBOXES}/{id}");
    for node in [a, b, c] {
        assert_eq!(node.get(&path).ok(200)["children"], created["children"]);
        let list = node.get(SANDBOXES).ok(200);
        assert_eq!(list["data"]["items"][0]["id"], id, "{list}");
    }
    let list = b.get("/api/v1/registry?limit=1000").ok(200);
    let same = c.get("/api/v1/horde/registry?limit=1000").ok(200);
    assert_eq!(list["data"], same["data"], "both paths lead to the registry");
    assert_names_lead_to_processes(&list["data"]["items"], id, 8);

    let one = format!("/api/v1/registry?name={id}.counter.3");
    let one = c.get(&one).ok(200);
    assert_eq!(one["data"]["items"].as_array().unwrap().len(), 1, "{one}");
    let prefixed = c.get(&format!("/api/v1/registry?prefix={id}.counter.")).ok(200);
    assert_eq!(prefixed["data"]["items"].as_array().unwrap().len(), 7, "{prefixed}");

    let deleted = c.delete(&path).ok(200);
    assert_eq!((&deleted["id"], &deleted["pending"]), (&json!(id), &json!([])));
    assert_eq!(deleted["stopped"], 8);
    assert_eq!(counters_by_node(a), [].into(), "gone when DELETE answers");
    let names = a.get("/api/v1/registry").ok(200);
    assert_eq!(names["data"]["items"], json!([]), "their names are gone, too");
    for node in [a, b, c] {
        node.get(&path).problem(404, "not_found");
        node.delete(&path).problem(404, "not_found");
        assert_eq!(node.get(SANDBOXES).ok(200)["data"]["items"], json!([]));
    }
}

/// Every name belongs to one running process, on the node that the registry says.
#[track_caller]
fn assert_names_lead_to_processes(rows: &Value, id: &str, count: usize) {
    let rows = rows.as_array().unwrap();
    assert_eq!(rows.len(), count, "{rows:?}");
    for row in rows {
        let name = row["name"].as_str().unwrap();
        assert!(name.starts_with(&format!("{id}.")), "{row}");
        let node = row["node"].as_str().unwrap();
        assert!(row["pid"].as_str().unwrap().starts_with(&format!("{node}.")), "{row}");
    }
}

#[test]
fn sandboxes_are_placed_as_asked_and_refused_for_clear_reasons() {
    let cluster = Cluster::start(3);
    let [a, b, c] = ["a", "b", "c"].map(|name| cluster.node(name));

    let only_b = create_counters(a, 4, &["b"]);
    until_counters(c, &[("b", 4)]);
    let narrowed = c.get("/api/v1/cluster/processes?type=Counter&node=a").ok(200);
    assert_eq!(narrowed["data"]["items"], json!([]));
    assert_eq!(narrowed["nodes"], json!({ "asked": 1, "answered": 1 }));

    let empty = b.post(SANDBOXES, &json!({ "name": "empty", "children": [] })).ok(201);
    let empty = format!("{SANDBOXES}/{}", empty["id"].as_str().unwrap());
    assert_eq!(a.get(&empty).ok(200)["owner"], "b");
    assert_eq!(c.delete(&empty).ok(200)["stopped"], 0);

    assert_refusals(&cluster);
    until_counters(c, &[("b", 4)]);
    a.delete(&format!("{SANDBOXES}/{only_b}")).ok(200);
    until_counters(c, &[]);
}

/// What is refused starts nothing.
fn assert_refusals(cluster: &Cluster) {
    let a = cluster.node("a");
    let children = |children: Value| {
        violations(
            &a.post(SANDBOXES, &json!({ "name": "x", "children": children }))
                .problem(422, "invalid_input"),
        )
    };
    assert_eq!(
        children(json!([{ "blueprint": "counter" }, { "blueprint": "nonsense" }])),
        ["body children /children/1/blueprint"]
    );
    assert_eq!(
        children(json!([
            { "blueprint": "ticker", "arguments": { "interval_ms": 0 } },
            { "blueprint": "counter", "arguments": { "start": "x", "more": 1 } },
        ])),
        [
            "body children /children/0/arguments/interval_ms",
            "body children /children/1/arguments/more",
            "body children /children/1/arguments/start",
        ]
    );
    for count in [0, 10_001] {
        let refused = post_counters(a, count, &[]).problem(422, "invalid_input");
        assert_eq!(violations(&refused), ["body children /children/0/count"], "{count}");
    }
    let share = json!({
        "sandbox": "a-deadbeef",
        "owner_generation": 1,
        "children": [{ "blueprint": "counter", "first": 0, "count": 4_000_000_000_u32 }],
    });
    let share = a.post("/api/v1/cluster/nodes/b/sandbox-shares", &share);
    let share = share.problem(422, "invalid_input");
    assert_eq!(violations(&share), ["body children /children/0/count"]);
    let unknown = post_counters(a, 1, &["a", "nowhere"]).problem(404, "not_found");
    assert!(unknown["detail"].as_str().unwrap().contains("nowhere"), "{unknown}");
    a.request("POST", SANDBOXES).json(&counters(1, &[])).send().problem(401, "unauthenticated");
    a.get(&format!("{SANDBOXES}/no-such-sandbox")).problem(404, "not_found");
    a.get(&format!("{SANDBOXES}/a-00000000")).problem(404, "not_found");
}

#[test]
fn a_sandbox_whose_processes_misbehave_leaves_nothing_behind() {
    let cluster = Cluster::start(2);
    let [a, b] = ["a", "b"].map(|name| cluster.node(name));
    let with = |how: &str| {
        let stubborn = json!({ "blueprint": "stubborn", "arguments": { "how": how } });
        json!({ "name": how, "children": [{ "blueprint": "counter", "count": 9 }, stubborn] })
    };
    let post = |how: &str| {
        let request = a.request("POST", SANDBOXES).with_token().json(&with(how));
        request.deadline_ms(1000).send()
    };
    post("refuses_to_start").problem(409, "conflict");
    until_nothing_is_left(&cluster);
    post("never_starts").problem(504, "distributed_timeout");
    until_nothing_is_left(&cluster);

    let sandbox = post("never_stops").ok(201);
    let path = format!("{SANDBOXES}/{}", sandbox["id"].as_str().unwrap());
    let impatient = b.request("DELETE", &path).with_token().deadline_ms(300).send();
    assert_deletion_is_unfinished(&impatient);
    until_nothing_is_left(&cluster);
    b.get(&path).problem(404, "not_found");

    let sandbox = post("never_stops").ok(201);
    let path = format!("{SANDBOXES}/{}", sandbox["id"].as_str().unwrap());
    assert_eq!(b.delete(&path).ok(200)["stopped"], 10, "what does not stop is killed");
    assert_eq!(counters_by_node(a), [].into());
    until_nothing_is_left(&cluster);

    assert_start_can_be_overtaken_by_its_end(&cluster);

    let failing = json!({ "blueprint": "fragile", "arguments": { "fail_after_ms": 1 } });
    let sandbox = a.post(SANDBOXES, &json!({ "name": "short", "children": [failing] })).ok(201);
    until_names(&cluster, 0);
    let path = format!("{SANDBOXES}/{}", sandbox["id"].as_str().unwrap());
    assert_eq!(a.delete(&path).ok(200)["stopped"], 0);
    until_nothing_is_left(&cluster);
}

/// One node refuses at once, so that the other's share is ended while it is still being started.
fn assert_start_can_be_overtaken_by_its_end(cluster: &Cluster) {
    let a = cluster.node("a");
    let body = json!({
        "name": "overtaken",
        "children": [
            { "blueprint": "counter", "count": 1000 },
            { "blueprint": "stubborn", "arguments": { "how": "refuses_to_start" } },
        ],
    });
    a.post(SANDBOXES, &body).problem(409, "conflict");
    // The start of the owner that asks is an old one: its share is an orphan from the beginning.
    let share = json!({
        "sandbox": "a-deadbeef",
        "owner_generation": 1,
        "children": [{ "blueprint": "counter", "first": 0, "count": 1000 }],
    });
    let path = "/api/v1/cluster/nodes/b/sandbox-shares";
    for _ in 0..3 {
        let status = a.post(path, &share).status;
        assert!([201, 409].contains(&status), "{status}");
    }
    until_nothing_is_left(cluster);
}

#[test]
fn the_largest_sandbox_starts_and_ends() {
    let cluster = Cluster::start(3);
    let id = create_counters(cluster.node("a"), 10_000, &[]);
    until("everybody knows of all of them", || {
        let counts = ["a", "b", "c"].map(|name| {
            cluster.seen("b", name)["processes"]["started_by_arsenal"].as_u64().unwrap()
        });
        if counts.iter().sum::<u64>() > 10_000 { Ok(()) } else { Err(format!("{counts:?}")) }
    });
    let last = format!("/api/v1/registry?name={id}.counter.9999");
    assert_eq!(cluster.node("b").get(&last).ok(200)["data"]["items"][0]["node"], "c");
    let deleted = cluster.node("c").delete(&format!("{SANDBOXES}/{id}")).ok(200);
    assert_eq!((&deleted["stopped"], &deleted["pending"]), (&json!(10_000), &json!([])));
    until_nothing_is_left(&cluster);
}

/// Neither processes nor names: only what every node has of its own.
fn until_nothing_is_left(cluster: &Cluster) {
    until_counters(cluster.node("a"), &[]);
    until_names(cluster, 0);
    for name in cluster.names() {
        until("the node runs only its own processes", || {
            let detail = cluster.node("a").get(&format!("/api/v1/cluster/nodes/{name}")).ok(200);
            let types = detail["node"]["processes"]["by_type"].clone();
            if types == json!({ "Root": 1 }) { Ok(()) } else { Err(types.to_string()) }
        });
    }
}

fn until_names(cluster: &Cluster, count: usize) {
    until(&format!("the registry has {count} names"), || {
        let names = cluster.node("a").get("/api/v1/registry?limit=1000").ok(200);
        let found = names["data"]["items"].as_array().unwrap().len();
        if found == count { Ok(()) } else { Err(names.to_string()) }
    });
}
