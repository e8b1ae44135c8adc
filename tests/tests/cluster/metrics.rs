//! `/metrics` of real nodes, as Prometheus reads it.

use std::{collections::BTreeMap, env, fs, process::Command};

use serde_json::{Value, json};

use crate::harness::{Client, Cluster};

/// Names a Python that has the package `prometheus_client`.
const PYTHON: &str = "ARSENAL_METRICS_PYTHON";

/// Reads a text with the parser of its format, and prints types and values as JSON.
const PARSE: &str = r#"
import json, sys
path, form = sys.argv[1:]
if form == "open":
    from prometheus_client.openmetrics.parser import text_string_to_metric_families as families
else:
    from prometheus_client.parser import text_string_to_metric_families as families
found = list(families(open(path).read()))
samples = [(s.name, sorted(s.labels.items()), s.value) for f in found for s in f.samples]
assert len(samples) == len(set((name, tuple(labels)) for name, labels, _ in samples)), "twice"
print(json.dumps({
    "types": {f.name: f.type for f in found},
    "values": {name + "{" + ",".join(f'{k}="{v}"' for k, v in labels) + "}": value
               for name, labels, value in samples},
}))
"#;

fn metrics(node: &Client) -> String {
    let answer = node.get("/metrics");
    assert_eq!(answer.status, 200, "{}", answer.text());
    assert_eq!(answer.header("content-type"), "text/plain; version=0.0.4; charset=utf-8");
    answer.text()
}

/// Each sample with its value.
fn values(node: &Client) -> BTreeMap<String, f64> {
    let text = metrics(node);
    let samples = text.lines().filter(|line| !line.starts_with('#'));
    samples
        .map(|line| {
            let (sample, value) = line.rsplit_once(' ').expect(line);
            (sample.to_owned(), value.parse().expect(line))
        })
        .collect()
}

fn invocations(node: &Client, operation: &str, code: &str) -> f64 {
    let total = "arsenal_operation_invocations_total";
    let sample = format!("{total}{{operation=\"{operation}\",code=\"{code}\"}}");
    values(node).get(&sample).copied().unwrap_or(0.0)
}

fn dispatches(node: &Client, operation: &str, code: &str) -> f64 {
    let total = "arsenal_operation_dispatches_total";
    let sample = format!("{total}{{operation=\"{operation}\",code=\"{code}\"}}");
    values(node).get(&sample).copied().unwrap_or(0.0)
}

#[test]
fn what_ran_counts_where_it_ran_and_what_was_sent_where_it_came_in() {
    let cluster = Cluster::start(3);
    let (a, b) = (cluster.node("a"), cluster.node("b"));
    a.post("/api/v1/test/note", &json!({ "text": "one" })).ok(200);
    for node in cluster.names() {
        assert!((invocations(cluster.node(&node), "note.note", "ok") - 1.0).abs() < 0.1, "{node}");
    }
    assert!((dispatches(a, "note.note", "ok") - 1.0).abs() < 0.1);
    assert!(dispatches(b, "note.note", "ok") < 0.1);

    a.get("/api/v1/test/place/b").ok(200);
    assert!((invocations(b, "place.place", "ok") - 1.0).abs() < 0.1);
    assert!(invocations(a, "place.place", "ok") < 0.1);

    a.get("/api/v1/test/numbers?unknown=1").problem(422, "invalid_input");
    a.request("POST", "/api/v1/test/panic").send().problem(401, "unauthenticated");
    a.post("/api/v1/test/panic", &json!({})).problem(500, "internal");
    a.get("/api/v1/test/hang").problem(504, "distributed_timeout");
    for (operation, code) in [
        ("test.numbers", "invalid_input"),
        ("fault.panic", "unauthenticated"),
        ("fault.panic", "internal"),
        ("fault.hang", "distributed_timeout"),
    ] {
        assert!((invocations(a, operation, code) - 1.0).abs() < 0.1, "{operation} {code}");
    }
    let values = values(a);
    let at = |sample: &str| values.get(sample).copied();
    assert_eq!(at(r#"arsenal_operation_panics_total{operation="fault.panic"}"#), Some(1.0));
    assert_eq!(at(r#"arsenal_operation_in_flight{operation="fault.hang"}"#), Some(0.0));
    let hung = |le: &str| {
        at(&format!(
            r#"arsenal_operation_duration_seconds_bucket{{operation="fault.hang",le="{le}"}}"#
        ))
    };
    assert_eq!((hung("0.25"), hung("2.5"), hung("+Inf")), (Some(0.0), Some(1.0), Some(1.0)));
    assert_eq!(at(r#"arsenal_cluster_members{status="up"}"#), Some(3.0));
}

#[test]
fn the_parsers_of_prometheus_read_it() {
    let cluster = Cluster::start(1);
    let node = cluster.node("a");
    node.get("/api/v1/test/numbers").ok(200);
    let Ok(python) = env::var(PYTHON) else {
        eprintln!("SKIPPED: {PYTHON} names no Python with the package `prometheus_client`");
        return;
    };
    let open = node.request("GET", "/metrics").header("accept", "application/openmetrics-text");
    let open = open.send();
    assert!(open.header("content-type").starts_with("application/openmetrics-text; version=1.0.0"));
    for (text, format) in [(metrics(node), "prometheus"), (open.text(), "open")] {
        let parsed = parsed(&python, &text, format);
        for (name, kind) in [
            ("arsenal_operation_invocations", "counter"),
            ("arsenal_operation_duration_seconds", "histogram"),
            ("arsenal_operation_in_flight", "gauge"),
            ("arsenal_operation_panics", "counter"),
        ] {
            assert_eq!(parsed["types"][name], kind, "{format}: {name}");
        }
        let values = &parsed["values"];
        for sample in [
            r#"arsenal_operation_invocations_total{code="ok",operation="test.numbers"}"#,
            r#"arsenal_operation_duration_seconds_count{operation="test.numbers"}"#,
        ] {
            assert_eq!(values[sample], 1.0, "{format}: {sample}");
        }
    }
}

fn parsed(python: &str, text: &str, format: &str) -> Value {
    let file = tempfile::NamedTempFile::new().unwrap();
    fs::write(file.path(), text).unwrap();
    let mut command = Command::new(python);
    let output = command.args(["-c", PARSE]).arg(file.path()).arg(format).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{format}: {said}\n{text}");
    serde_json::from_slice(&output.stdout).unwrap()
}

#[test]
fn metrics_are_read_as_everything_else_is() {
    let cluster = Cluster::start(1);
    let node = cluster.node("a");
    let proxied = node.request("GET", "/metrics").header("x-forwarded-for", "10.0.0.1");
    proxied.send().problem(401, "unauthenticated");
    let proxied = node.request("GET", "/metrics").header("x-forwarded-for", "10.0.0.1");
    assert_eq!(proxied.with_token().send().status, 200);
    node.post("/metrics", &json!({})).problem(405, "method_not_allowed");
    assert!(node.get("/").text().contains("<a href=\"/metrics\">"));
}
