//! What is refused, and that every refusal is a problem document.

use std::{
    convert::Infallible,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use axum::body::Body;
use bytes::Bytes;
use http::Request;

use super::{get, json, request, send};
use crate::limits::{BODY_BYTES_MAX, BODY_READ_MAX};

const PARTS: &str = "/api/v1/items/7/parts";

#[tokio::test]
async fn an_unknown_route_names_near_misses() {
    let answer = get("/api/v1/cluster/statuss").await;
    assert_eq!((answer.status.as_u16(), answer.problem().as_str()), (404, "not_found"));
    let problem = answer.json();
    let suggestion = problem["suggestion"].as_str().unwrap();
    assert!(suggestion.starts_with("did you mean `GET /api/v1/cluster/status`"), "{suggestion}");
}

#[tokio::test]
async fn near_misses_include_the_documents_and_are_never_absent() {
    let near = get("/openapi.jsn").await.json();
    assert_eq!(near["suggestion"], "did you mean `GET /openapi.json`?");
    let far = get("/completely/elsewhere/and-beyond").await.json();
    assert_eq!(far["suggestion"], "`/openapi.json` and `/docs` list all routes");
}

#[tokio::test]
async fn a_wrong_method_is_told_the_right_ones() {
    for method in ["PUT", "OPTIONS", "PROPFIND"] {
        let answer = send(request(method, "/api/v1/items/7").body(Body::empty()).unwrap()).await;
        assert_eq!(
            (answer.status.as_u16(), answer.problem().as_str()),
            (405, "method_not_allowed")
        );
        assert_eq!(answer.header("allow"), "GET, HEAD, DELETE");
    }
}

#[tokio::test]
async fn a_wrong_method_is_told_what_the_right_ones_do() {
    let refused = send(request("PUT", "/api/v1/items/7").body(Body::empty()).unwrap()).await;
    let suggestion = refused.json()["suggestion"].as_str().unwrap().to_owned();
    assert!(suggestion.starts_with("GET: ") && suggestion.contains(" DELETE: "), "{suggestion}");
    let page = send(request("POST", "/docs").body(Body::empty()).unwrap()).await;
    assert!(page.json().get("suggestion").is_none());
}

#[tokio::test]
async fn a_body_must_be_json_by_its_type() {
    let typed = request("POST", PARTS).header("content-type", "text/plain");
    let untyped = request("POST", PARTS);
    for builder in [typed, untyped] {
        let answer = send(builder.body(Body::from("{}")).unwrap()).await;
        assert_eq!(answer.status, 415);
        assert_eq!(answer.problem(), "unsupported_media_type");
    }
}

#[tokio::test]
async fn a_body_must_not_be_encoded() {
    let sent = async |coding: &str| {
        let builder = request("POST", PARTS).header("content-type", "application/json");
        let builder = builder.header("content-encoding", coding);
        send(builder.body(Body::from("{}")).unwrap()).await
    };
    let answer = sent("gzip").await;
    assert_eq!(
        (answer.status.as_u16(), answer.problem().as_str()),
        (415, "unsupported_media_type")
    );
    let detail = answer.json()["detail"].to_string();
    assert!(detail.contains("encoded as `gzip`"), "{detail}");
    assert_ne!(sent("Identity").await.status, 415);
}

#[tokio::test]
async fn who_may_not_call_is_told_so_whatever_the_body() {
    for (kind, body) in [
        ("text/plain", Body::from("{}")),
        ("application/json", Body::from("nonsense")),
        ("application/json", Body::from(vec![b' '; 10 << 20])),
    ] {
        let nobody = Request::builder().method("POST").uri(PARTS).header("content-type", kind);
        let answer = send(nobody.body(body).unwrap()).await;
        assert_eq!((answer.status.as_u16(), answer.problem().as_str()), (401, "unauthenticated"));
    }
}

#[tokio::test]
async fn a_body_of_ten_megabytes_is_too_large_whether_announced_or_not() {
    let announced = Body::from(vec![b' '; 10 << 20]);
    let chunks = (0..160).map(|_| Ok::<_, Infallible>(Bytes::from(vec![b' '; 1 << 16])));
    let streamed = Body::from_stream(futures_util::stream::iter(chunks));
    for body in [announced, streamed] {
        let answer = send(json(request("POST", PARTS), body)).await;
        assert_eq!((answer.status.as_u16(), answer.problem().as_str()), (413, "too_large"));
    }
}

#[tokio::test]
async fn a_refusal_waits_until_the_client_has_sent_all() {
    for (method, uri) in [("POST", "/nowhere"), ("PUT", PARTS), ("POST", "/docs")] {
        let counted = Arc::new(AtomicUsize::new(0));
        let counter = Arc::clone(&counted);
        let chunks = (0..32).map(move |_| {
            counter.fetch_add(1, Ordering::Relaxed);
            Ok::<_, Infallible>(Bytes::from(vec![b' '; 1 << 16]))
        });
        let body = Body::from_stream(futures_util::stream::iter(chunks));
        let answer = send(json(request(method, uri), body)).await;
        assert!(answer.status.is_client_error());
        assert_eq!(counted.load(Ordering::Relaxed), 32, "{method} {uri}");
    }
}

#[tokio::test]
async fn a_body_of_exactly_the_limit_is_read() {
    let body = vec![b' '; BODY_BYTES_MAX];
    assert_eq!(send(json(request("POST", PARTS), body)).await.status, 201);
}

#[tokio::test(start_paused = true)]
async fn a_body_that_does_not_come_is_given_up_at_the_deadline() {
    let start = tokio::time::Instant::now();
    let never = Body::from_stream(futures_util::stream::pending::<Result<Bytes, Infallible>>());
    let answer = send(json(request("POST", PARTS), never)).await;
    assert_eq!((answer.status.as_u16(), answer.problem().as_str()), (408, "request_timeout"));
    assert!(start.elapsed() <= BODY_READ_MAX, "{:?}", start.elapsed());
    assert!(start.elapsed() >= Duration::from_secs(5), "{:?}", start.elapsed());
}

#[tokio::test]
async fn a_broken_transfer_is_malformed() {
    let broken = futures_util::stream::iter([Err::<Bytes, _>(std::io::Error::other("reset"))]);
    let answer = send(json(request("POST", PARTS), Body::from_stream(broken))).await;
    assert_eq!((answer.status.as_u16(), answer.problem().as_str()), (400, "malformed"));
    assert!(!String::from_utf8_lossy(&answer.body).contains("reset"));
}

#[tokio::test]
async fn control_headers_that_are_not_understood_are_all_named() {
    let builder = request("GET", "/api/v1/items/7")
        .header("arsenal-deadline-ms", "soon")
        .header("arsenal-dry-run", "perhaps")
        .header("arsenal-mode", "simulated")
        .header("arsenal-typo", "1")
        .header("idempotency-key", "k");
    let answer = send(builder.body(Body::empty()).unwrap()).await;
    assert_eq!((answer.status.as_u16(), answer.problem().as_str()), (422, "invalid_input"));
    let problem = answer.json();
    let violations = problem["violations"].as_array().unwrap();
    let mut named: Vec<&str> = violations.iter().map(|v| v["name"].as_str().unwrap()).collect();
    named.sort_unstable();
    assert_eq!(
        named,
        [
            "arsenal-deadline-ms",
            "arsenal-dry-run",
            "arsenal-mode",
            "arsenal-typo",
            "idempotency-key"
        ],
    );
    assert!(violations.iter().all(|violation| violation["in"] == "header"));
}

#[tokio::test]
async fn a_deadline_is_one_positive_whole_number() {
    for bad in ["0", "-1", "1.5", "", "1s"] {
        let builder = request("GET", "/api/v1/items/7").header("arsenal-deadline-ms", bad);
        assert_eq!(send(builder.body(Body::empty()).unwrap()).await.status, 422, "{bad}");
    }
    let twice = request("GET", "/api/v1/items/7")
        .header("arsenal-deadline-ms", "10")
        .header("arsenal-deadline-ms", "20");
    assert_eq!(send(twice.body(Body::empty()).unwrap()).await.status, 422);
}

#[tokio::test]
async fn a_client_that_does_not_accept_json_is_refused() {
    let builder = request("GET", "/api/v1/items/7").header("accept", "text/html");
    let answer = send(builder.body(Body::empty()).unwrap()).await;
    assert_eq!((answer.status.as_u16(), answer.problem().as_str()), (406, "not_acceptable"));
}

#[tokio::test]
async fn without_a_principal_the_caller_is_nobody() {
    let builder = Request::builder().method("DELETE").uri("/api/v1/items/7");
    let answer = send(builder.body(Body::empty()).unwrap()).await;
    assert_eq!((answer.status.as_u16(), answer.problem().as_str()), (401, "unauthenticated"));
    assert_eq!(answer.header("www-authenticate"), "Bearer");
}

#[tokio::test]
async fn a_fault_keeps_its_reason_to_itself() {
    let answer = send(request("POST", "/api/v1/cluster/fail").body(Body::empty()).unwrap()).await;
    assert_eq!((answer.status.as_u16(), answer.problem().as_str()), (500, "internal"));
    assert!(!String::from_utf8_lossy(&answer.body).contains("the disk"));
}
