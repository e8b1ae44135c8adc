//! Each rule, seen from outside: what a request with these headers gets.

use arsenal_core::membership::Mode;
use axum::{Extension, Router, body::Body, extract::ConnectInfo, routing::any};
use http::{HeaderMap, StatusCode, request::Builder};
use http_body_util::BodyExt as _;
use serde_json::Value;
use tower::ServiceExt as _;

use super::*;

const TOKEN: &str = "ars_0123456789012345678901234567890123456789";
const LOCAL: &str = "127.0.0.1:50000";

/// Answers with the name of the principal.
async fn send(bound: &str, peer: &str, request: Builder) -> (StatusCode, HeaderMap, String) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("token");
    std::fs::write(&path, TOKEN).unwrap();
    let rules = GateRules {
        bound: bound.parse().unwrap(),
        token: Token::read(&path).unwrap(),
        answered_by: AnsweredBy::new(&"n-1".parse().unwrap(), Mode::Cluster),
    };
    let name =
        |Extension(principal): Extension<Principal>| async move { principal.name().to_owned() };
    let gate = Gate::new(rules, Router::new().fallback(any(name)));
    let peer: SocketAddr = peer.parse().unwrap();
    let request = request.extension(ConnectInfo(peer)).body(Body::empty()).unwrap();
    let (head, body) = gate.oneshot(request).await.unwrap().into_parts();
    let text = body.collect().await.unwrap().to_bytes();
    (head.status, head.headers, String::from_utf8(text.to_vec()).unwrap())
}

async fn code(bound: &str, peer: &str, request: Builder) -> String {
    let (status, headers, text) = send(bound, peer, request).await;
    if status.is_success() {
        return text;
    }
    let problem: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(headers["content-type"], "application/problem+json");
    assert_eq!(problem["status"], status.as_u16());
    assert_eq!(problem["request_id"], headers["arsenal-request-id"].to_str().unwrap());
    problem["code"].as_str().unwrap().to_owned()
}

fn get(host: &str) -> Builder {
    Request::get("/x").header("host", host)
}

fn bearer(request: Builder) -> Builder {
    request.header("authorization", format!("bearer {TOKEN}"))
}

#[tokio::test]
async fn a_person_at_this_machine_reads_without_a_token() {
    for host in ["localhost:4000", "LOCALHOST", "127.0.0.1:4000", "[::1]:4000", "127.1.2.3"] {
        assert_eq!(code("127.0.0.1:4000", LOCAL, get(host)).await, "local", "{host}");
    }
}

#[tokio::test]
async fn a_foreign_host_name_is_refused_even_with_the_token() {
    for host in ["evil.example", "localhost.evil.example", "10.0.0.1", "127.0.0.1.evil.example"] {
        let request = bearer(get(host));
        assert_eq!(code("127.0.0.1:4000", LOCAL, request).await, "forbidden", "{host}");
    }
    let absolute = Request::get("http://evil.example/x").header("host", "localhost");
    assert_eq!(code("127.0.0.1:4000", LOCAL, absolute).await, "forbidden");
}

#[tokio::test]
async fn the_host_header_must_be_there_once() {
    let (none, two) = (Request::get("/x"), get("localhost").header("host", "localhost"));
    let odd = get("a b");
    for request in [none, two, odd] {
        assert_eq!(code("127.0.0.1:4000", LOCAL, request).await, "malformed");
    }
}

#[tokio::test]
async fn the_bound_address_is_a_host_of_ours_that_needs_the_token() {
    for (bound, host) in [("10.0.0.7:4000", "10.0.0.7:4000"), ("0.0.0.0:4000", "10.0.0.8:4000")] {
        assert_eq!(code(bound, "10.0.0.9:1", get(host)).await, "unauthenticated");
        assert_eq!(code(bound, LOCAL, get(host)).await, "unauthenticated", "not a loopback host");
        assert_eq!(code(bound, "10.0.0.9:1", bearer(get(host))).await, "token");
    }
    let lying = get("localhost:4000");
    assert_eq!(code("0.0.0.0:4000", "10.0.0.9:1", lying).await, "unauthenticated");
    assert_eq!(code("0.0.0.0:4000", "10.0.0.9:1", get("evil.example")).await, "forbidden");
}

#[tokio::test]
async fn a_proxy_in_between_needs_the_token() {
    for name in ["forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip", "via"] {
        let request = get("localhost").header(name, "x");
        assert_eq!(code("127.0.0.1:4000", LOCAL, request).await, "unauthenticated", "{name}");
    }
    let request = bearer(get("localhost").header("via", "x"));
    assert_eq!(code("127.0.0.1:4000", LOCAL, request).await, "token");
}

#[tokio::test]
async fn wrong_credentials_are_refused_everywhere() {
    let wrong =
        [format!("Bearer {TOKEN}x"), "Bearer".into(), "Bearer ".into(), format!("Basic {TOKEN}")];
    for credentials in wrong {
        let request = Request::get("/healthz").header("host", "localhost");
        let request = request.header("authorization", &credentials);
        let (status, headers, _) = send("127.0.0.1:4000", LOCAL, request).await;
        assert_eq!(status, StatusCode::UNAUTHORIZED, "{credentials}");
        assert_eq!(headers["www-authenticate"], "Bearer");
    }
    let twice = bearer(bearer(get("localhost")));
    assert_eq!(code("127.0.0.1:4000", LOCAL, twice).await, "unauthenticated");
}

#[tokio::test]
async fn health_is_answered_to_nobody_in_particular() {
    let request = Request::get("/healthz").header("host", "10.0.0.7");
    assert_eq!(code("10.0.0.7:4000", "10.0.0.9:1", request).await, "nobody");
}

#[tokio::test]
async fn a_foreign_page_changes_nothing() {
    let post = || bearer(Request::post("/x").header("host", "localhost:4000"));
    for origin in ["http://evil.example", "null", "http://localhost:4001", "localhost:4000"] {
        let request = post().header("origin", origin);
        assert_eq!(code("127.0.0.1:4000", LOCAL, request).await, "forbidden", "{origin}");
    }
    for site in ["cross-site", "same-site"] {
        let request = post().header("sec-fetch-site", site);
        assert_eq!(code("127.0.0.1:4000", LOCAL, request).await, "forbidden", "{site}");
    }
    let own =
        post().header("origin", "http://localhost:4000").header("sec-fetch-site", "same-origin");
    assert_eq!(code("127.0.0.1:4000", LOCAL, own).await, "token");
    assert_eq!(code("127.0.0.1:4000", LOCAL, post()).await, "token", "not a browser");
    let read = get("localhost:4000").header("origin", "http://evil.example");
    assert_eq!(code("127.0.0.1:4000", LOCAL, read).await, "local");
}

#[tokio::test]
async fn every_answer_names_its_node_protects_browsers_and_keeps_the_request_id() {
    for host in ["localhost", "evil.example"] {
        let request = get(host).header("arsenal-request-id", "mine-1");
        let (status, headers, _) = send("127.0.0.1:4000", LOCAL, request).await;
        assert_eq!(headers["arsenal-node"], "n-1");
        assert_eq!(headers["arsenal-mode"], "cluster");
        assert_eq!(headers["x-content-type-options"], "nosniff");
        assert_eq!(headers["referrer-policy"], "no-referrer");
        let policy = headers["content-security-policy"].to_str().unwrap();
        assert!(policy.contains("default-src 'self'") && policy.contains("frame-ancestors 'none'"));
        assert!(status.is_success() || headers["arsenal-request-id"] == "mine-1");
    }
}
