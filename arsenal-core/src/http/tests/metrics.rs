//! What a node counts while it is asked.

use std::collections::BTreeMap;

use axum::{Router, body::Body};
use http::Request;

use super::{Answer, app, json, request, send_to};

async fn ask(app: &Router, method: &str, path: &str) -> Answer {
    send_to(app.clone(), request(method, path).body(Body::empty()).unwrap()).await
}

async fn sample(app: &Router, start: &str) -> Option<f64> {
    let text = String::from_utf8(ask(app, "GET", "/metrics").await.body).unwrap();
    let line = text.lines().find(|line| line.starts_with(start))?;
    Some(line.rsplit_once(' ').unwrap().1.parse().unwrap())
}

async fn invocations(app: &Router, operation: &str, code: &str) -> Option<f64> {
    let labels = format!(r#"{{operation="{operation}",code="{code}"}}"#);
    sample(app, &format!("arsenal_operation_invocations_total{labels}")).await
}

#[tokio::test]
async fn an_operation_that_runs_here_counts_once() {
    let app = app();
    assert_eq!(invocations(&app, "item.show", "ok").await, Some(0.0));
    for _ in 0..3 {
        assert_eq!(ask(&app, "GET", "/api/v1/items/7").await.status, 200);
    }
    assert_eq!(invocations(&app, "item.show", "ok").await, Some(3.0));
    let count = r#"arsenal_operation_duration_seconds_count{operation="item.show"}"#;
    assert_eq!(sample(&app, count).await, Some(3.0));
    let in_flight = r#"arsenal_operation_in_flight{operation="item.show"}"#;
    assert_eq!(sample(&app, in_flight).await, Some(0.0));
    let dispatches = r#"arsenal_operation_dispatches_total{operation="item.show""#;
    assert_eq!(sample(&app, dispatches).await, None);
}

#[tokio::test]
async fn a_fan_out_counts_where_it_ran_and_where_it_came_in() {
    let app = app();
    assert_eq!(ask(&app, "GET", "/api/v1/cluster/status").await.status, 200);
    assert_eq!(invocations(&app, "cluster.status", "ok").await, Some(1.0));
    let dispatches = r#"arsenal_operation_dispatches_total{operation="cluster.status",code="ok"}"#;
    assert_eq!(sample(&app, dispatches).await, Some(1.0));
}

#[tokio::test]
async fn what_is_refused_counts_with_its_code_and_without_a_duration() {
    let app = app();
    let item = "/api/v1/items/7";
    let nobody = Request::get(item).body(Body::empty()).unwrap();
    send_to(app.clone(), nobody).await;
    send_to(
        app.clone(),
        request("GET", item).header("accept", "text/html").body(Body::empty()).unwrap(),
    )
    .await;
    send_to(app.clone(), json(request("GET", item), "{\"a\":1}")).await;
    for (code, count) in [("unauthenticated", 1.0), ("not_acceptable", 1.0), ("invalid_input", 1.0)]
    {
        assert_eq!(invocations(&app, "item.show", code).await, Some(count), "{code}");
    }
    send_to(app.clone(), request("POST", "/api/v1/items/7/parts").body("{}".into()).unwrap()).await;
    assert_eq!(invocations(&app, "item.add", "unsupported_media_type").await, Some(1.0));
    let count = r#"arsenal_operation_duration_seconds_count{operation="item.show"}"#;
    assert_eq!(sample(&app, count).await, None);
    ask(&app, "POST", "/api/v1/cluster/fail").await;
    assert_eq!(invocations(&app, "cluster.fail", "internal").await, Some(1.0));
}

#[tokio::test]
async fn readers_get_the_format_that_they_accept() {
    let app = app();
    let answer = ask(&app, "GET", "/metrics").await;
    assert_eq!(answer.header("content-type"), "text/plain; version=0.0.4; charset=utf-8");
    assert_eq!(answer.header("arsenal-node"), "alone");
    let open = request("GET", "/metrics").header("accept", "application/openmetrics-text;q=0.5");
    let answer = send_to(app.clone(), open.body(Body::empty()).unwrap()).await;
    assert!(answer.header("content-type").starts_with("application/openmetrics-text"));
    assert!(answer.body.ends_with(b"# EOF\n"));
    assert_eq!(ask(&app, "POST", "/metrics").await.problem(), "method_not_allowed");
}

#[tokio::test]
async fn the_node_tells_who_it_is_and_whom_it_sees() {
    let app = app();
    assert!(sample(&app, "arsenal_build_info{version=").await.is_some());
    let node = r#"arsenal_node_info{node="alone",mode="cluster"}"#;
    assert_eq!(sample(&app, node).await, Some(1.0));
    assert_eq!(sample(&app, r#"arsenal_cluster_members{status="up"}"#).await, Some(1.0));
    assert_eq!(sample(&app, r#"arsenal_cluster_members{status="down"}"#).await, Some(0.0));
    assert!(sample(&app, "arsenal_node_uptime_seconds").await.unwrap() >= 0.0);
}

#[tokio::test]
async fn what_is_served_is_the_text_format_of_prometheus() {
    let app = app();
    ask(&app, "GET", "/api/v1/items/7").await;
    ask(&app, "POST", "/api/v1/cluster/fail").await;
    let text = String::from_utf8(ask(&app, "GET", "/metrics").await.body).unwrap();
    assert!(text.ends_with('\n'));
    let (mut kinds, mut samples) = (BTreeMap::new(), BTreeMap::new());
    let (mut described, mut family) = ("", ("", ""));
    for line in text.lines() {
        if let Some(help) = line.strip_prefix("# HELP ") {
            described = help.split_once(' ').unwrap().0;
        } else if let Some(kind) = line.strip_prefix("# TYPE ") {
            family = kind.split_once(' ').unwrap();
            assert!(["counter", "gauge", "histogram"].contains(&family.1), "{line}");
            assert_eq!(family.0, described, "a family has its help before it: {line}");
            assert_eq!(kinds.insert(family.0, family.1), None, "a family stands together: {line}");
        } else {
            let (series, value) = line.rsplit_once(' ').unwrap();
            let suffix = series.split('{').next().unwrap().strip_prefix(family.0).expect(line);
            let suffixes: &[&str] = match family.1 {
                "histogram" => &["_bucket", "_sum", "_count"],
                _ => &[""],
            };
            assert!(suffixes.contains(&suffix) && are_labels(&series[family.0.len()..]), "{line}");
            let value: f64 = value.parse().expect(line);
            assert_eq!(samples.insert(series, value), None, "a series has one value: {line}");
        }
    }
    assert_eq!(kinds["arsenal_operation_invocations_total"], "counter");
    assert_eq!(kinds["arsenal_operation_duration_seconds"], "histogram");
    assert_buckets_add_up(&samples, "arsenal_operation_duration_seconds", "item.show", 1.0);
}

/// `{name="value",…}` behind a suffix, or nothing.
fn are_labels(text: &str) -> bool {
    let Some((_, labels)) = text.split_once('{') else { return true };
    let Some(labels) = labels.strip_suffix("\"}") else { return false };
    labels.split("\",").all(|label| {
        label.split_once("=\"").is_some_and(|(name, value)| {
            name.bytes().all(|it| it.is_ascii_lowercase() || it == b'_') && !value.contains('"')
        })
    })
}

/// Buckets count what is not above their bound; the last holds everything.
fn assert_buckets_add_up(samples: &BTreeMap<&str, f64>, family: &str, operation: &str, count: f64) {
    let start = format!(r#"{family}_bucket{{operation="{operation}",le=""#);
    let buckets = samples.iter().filter_map(|(series, value)| {
        let bound = series.strip_prefix(&start)?.strip_suffix("\"}")?;
        Some((bound.parse::<f64>().unwrap(), *value))
    });
    let mut buckets: Vec<_> = buckets.collect();
    buckets.sort_by(|one, other| one.0.total_cmp(&other.0));
    assert!(buckets.is_sorted_by_key(|(_, value)| *value), "{buckets:?}");
    assert_eq!(buckets.last(), Some(&(f64::INFINITY, count)));
    let of_count = format!(r#"{family}_count{{operation="{operation}"}}"#);
    assert_eq!(samples.get(&*of_count), Some(&count));
}
