//! Dry runs, keys and limits, as a client sees them.

use axum::{Router, body::Body};
use http::Request;

use super::{Answer, app, json, request, send, send_to};

const PARTS: &str = "/api/v1/items/7/parts";

fn add(key: &str, body: &'static str) -> Request<Body> {
    json(request("POST", PARTS).header("idempotency-key", key), body)
}

#[tokio::test]
async fn a_repeated_request_with_a_key_gets_the_first_answer() {
    let app: Router = app();
    let send = |request| send_to(app.clone(), request);
    let first = send(add("k", "{}")).await;
    let second = send(add("k", "{}")).await;
    assert_eq!((first.status.as_u16(), second.status.as_u16()), (201, 201));
    assert_eq!(first.body, second.body, "with the request id of the first");
    assert_ne!(first.header("arsenal-request-id"), second.header("arsenal-request-id"));
    let replayed = |answer: &Answer| answer.header("idempotency-replayed").to_owned();
    assert_eq!((replayed(&first), replayed(&second)), (String::new(), String::from("true")));
    let other = send(add("k", r#"{"item":1}"#)).await;
    assert_eq!((other.status.as_u16(), other.problem().as_str()), (409, "conflict"));
    assert_eq!(other.json()["failures"][0]["ran"], "no");
    let unkeyed = send(json(request("POST", PARTS), "{}")).await;
    assert_ne!(unkeyed.body, first.body);
}

#[tokio::test]
async fn a_key_is_one_visible_text_for_an_operation_that_takes_one() {
    let long = "k".repeat(256);
    for bad in ["", "two words", "\u{e4}", &long] {
        let answer = send(add(bad, "{}")).await;
        assert_eq!((answer.status.as_u16(), answer.problem().as_str()), (422, "invalid_input"));
        assert_eq!(answer.json()["violations"][0]["name"], "idempotency-key");
    }
    assert_eq!(send(add(&long[1..], "{}")).await.status, 201);
    let twice =
        request("POST", PARTS).header("idempotency-key", "a").header("idempotency-key", "b");
    assert_eq!(send(json(twice, "{}")).await.status, 422);
    let elsewhere = request("POST", "/api/v1/cluster/fail").header("idempotency-key", "k");
    let answer = send(elsewhere.body(Body::empty()).unwrap()).await;
    assert_eq!(answer.problem(), "invalid_input");
    let message = &answer.json()["violations"][0]["message"];
    assert_eq!(message, "this operation takes no Idempotency-Key");
}

#[tokio::test]
async fn a_request_may_name_the_cluster_that_it_reaches_and_no_other() {
    let named = |mode: &str| {
        request("GET", "/api/v1/items/7").header("arsenal-mode", mode).body(Body::empty()).unwrap()
    };
    assert_eq!(send(named("cluster")).await.status, 200);
    for other in ["simulated", "simulated; node=c", "dream", ""] {
        let answer = send(named(other)).await;
        assert_eq!((answer.status.as_u16(), answer.problem().as_str()), (422, "invalid_input"));
        let message = &answer.json()["violations"][0]["message"];
        assert_eq!(message, "is not `cluster`, and no other cluster is addressed here");
    }
}

#[tokio::test(start_paused = true)]
async fn who_comes_too_often_is_told_when_to_come_again() {
    let app = app();
    let send = || send_to(app.clone(), json(request("POST", PARTS), "{}"));
    for _ in 0..100 {
        assert_eq!(send().await.status, 201);
    }
    let refused = send().await;
    assert_eq!((refused.status.as_u16(), refused.problem().as_str()), (429, "rate_limited"));
    assert_eq!(refused.header("retry-after"), "1");
    assert_eq!(refused.json()["failures"][0]["ran"], "no");
    tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    assert_eq!(send().await.status, 201);
}

async fn tried(method: &str, uri: &str, word: &str) -> Answer {
    let builder = request(method, uri).header("arsenal-dry-run", word);
    send(builder.body(Body::empty()).unwrap()).await
}

#[tokio::test]
async fn a_dry_run_names_the_nodes_and_runs_nothing() {
    for (method, uri, operation) in [
        ("POST", PARTS, "item.add"),
        ("POST", "/api/v1/cluster/fail", "cluster.fail"),
        ("DELETE", "/api/v1/items/7", "item.delete"),
        ("GET", "/api/v1/items", "item.list"),
    ] {
        let answer = tried(method, uri, "true").await;
        assert_eq!(answer.status, 200, "{uri}");
        assert_eq!(answer.header("content-type"), "application/vnd.arsenal.dry-run+json");
        let expected = serde_json::json!({
            "operation": operation,
            "nodes": [{ "node": "alone", "reachable": true }],
            "partition": { "needs": "any", "verdict": "solo" },
        });
        assert_eq!(answer.json(), expected);
    }
    let real = tried("POST", "/api/v1/cluster/fail", "false").await;
    assert_eq!(real.problem(), "internal");
    assert_eq!(tried("POST", PARTS, "yes").await.problem(), "invalid_input");
}

#[tokio::test]
async fn a_dry_run_is_refused_like_the_real_one() {
    let bad_page = tried("GET", "/api/v1/items?cursor=no", "true").await;
    assert_eq!((bad_page.status.as_u16(), bad_page.problem().as_str()), (422, "invalid_input"));
    let nobody = Request::builder().method("DELETE").uri("/api/v1/items/7");
    let nobody = nobody.header("arsenal-dry-run", "true").body(Body::empty()).unwrap();
    assert_eq!(send(nobody).await.problem(), "unauthenticated");
}
