//! The catalogues: what can be called and what can be started, with schemas.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::harness::{Client, Cluster};

#[test]
fn the_catalogues_tell_all_that_a_caller_needs() {
    let cluster = Cluster::start(1);
    let node = cluster.node("a");
    let operations = by_name(node, "/api/v1/operations?limit=1000");
    let row = |name: &str| operations.get(name).unwrap_or_else(|| panic!("no {name}"));
    for (name, target, access) in [
        ("cluster.topology", "here", "read"),
        ("cluster.status", "here", "read"),
        ("process.list", "all_nodes", "read"),
        ("process.inspect", "owner", "read"),
        ("registry.list", "all_nodes", "read"),
        ("node.inspect", "here", "read"),
        ("node.describe", "node", "read"),
        ("cluster.resolve_partition", "here", "admin"),
        ("sandbox.create", "here", "operate"),
        ("sandbox.delete", "here", "operate"),
        ("test.echo", "here", "operate"),
    ] {
        let row = row(name);
        assert_eq!((&row["target"], &row["access"]), (&json!(target), &json!(access)), "{name}");
        assert!(row["summary"].as_str().is_some_and(|text| text.ends_with('.')), "{row}");
    }
    assert_eq!(row("registry.list")["aliases"], json!(["/api/v1/registry"]));
    assert_eq!(row("test.numbers")["deprecated"], true);
    assert_eq!(row("test.echo")["package"], "arsenal-tests");
    assert_eq!(row("fault.hang")["timeout_ms"], 500);

    for name in operations.keys() {
        let detail = node.get(&format!("/api/v1/operations/{name}")).ok(200);
        assert_eq!(detail["operation"], operations[name]);
        assert_eq!(detail["input_schema"]["type"], "object", "{detail}");
        assert!(!detail["output_schema"].as_object().unwrap().is_empty(), "{detail}");
    }
    let echo = node.get("/api/v1/operations/test.echo").ok(200);
    let limit = &echo["input_schema"]["properties"]["limit"];
    assert_eq!((&limit["minimum"], &limit["maximum"]), (&json!(1), &json!(10)), "{limit}");
    assert_eq!((&limit["default"], &limit["type"]), (&json!(5), &json!("integer")), "{limit}");
    assert_eq!(limit["description"], "A number with bounds.");
    assert_eq!(echo["input_schema"]["required"], json!(["id", "words"]));
    node.get("/api/v1/operations/no.such").problem(404, "not_found");
    assert_eq!(echo["limits"], json!({ "body_bytes_max": 1 << 20 }));
    assert_eq!(echo["errors"], json!([]));
    let buy = node.get("/api/v1/operations/shop.buy").ok(200);
    let codes: Vec<&Value> = buy["errors"].as_array().unwrap().iter().map(|e| &e["code"]).collect();
    assert_eq!(codes, ["arsenal_tests.sold_out", "arsenal_tests.no_store"]);
    let found = node.get("/api/v1/operations?search=shop%20everywhere").ok(200);
    assert_eq!(found["items"][0]["name"], "shop.buy_everywhere");
}

#[test]
fn every_blueprint_is_described_and_starts_without_arguments() {
    let cluster = Cluster::start(1);
    let node = cluster.node("a");
    let mut blueprints = by_name(node, "/api/v1/blueprints?limit=1000");
    assert_eq!(blueprints["stubborn"]["package"], "arsenal-tests");
    blueprints.retain(|_, row| row["package"] == "arsenal-server");
    let names: Vec<&str> = blueprints.keys().map(String::as_str).collect();
    assert_eq!(names, ["counter", "fragile", "leaky", "stuck", "ticker", "tree"]);
    for name in &names {
        let detail = node.get(&format!("/api/v1/blueprints/{name}")).ok(200);
        assert_eq!(detail["blueprint"], blueprints[*name]);
        assert_eq!(detail["arguments_schema"]["type"], "object", "{detail}");
        assert_eq!(detail["arguments_schema"]["required"], Value::Null, "{detail}");
    }
    let ticker = node.get("/api/v1/blueprints/ticker").ok(200);
    let interval = &ticker["arguments_schema"]["properties"]["interval_ms"];
    assert_eq!((&interval["minimum"], &interval["default"]), (&json!(1), &json!(100)));
    node.get("/api/v1/blueprints/nothing").problem(404, "not_found");

    let children: Vec<Value> = names.iter().map(|name| json!({ "blueprint": name })).collect();
    let body = json!({ "name": "one of each", "children": children });
    let sandbox = node.post("/api/v1/cluster/sandboxes", &body).ok(201);
    assert_eq!(sandbox["shares"][0]["processes"], names.len());
}

/// The rows of a list, each of which has a name of its own.
fn by_name(node: &Client, path: &str) -> BTreeMap<String, Value> {
    let list = node.get(path).ok(200);
    let rows = list["items"].as_array().unwrap();
    let named = rows.iter().map(|row| (row["name"].as_str().unwrap().to_owned(), row.clone()));
    let named: BTreeMap<_, _> = named.collect();
    assert_eq!(named.len(), rows.len());
    named
}
