//! What is refused, and that every refusal is a problem document: never an empty body, plain text or
//! a dead connection. The node lives on.

use std::{
    io::{Read as _, repeat},
    time::Duration,
};

use serde_json::json;

use crate::harness::{Answer, Client, Cluster, Request, SANDBOXES, counters, measured, violations};

const ECHO: &str = "/api/v1/test/echo/7";
const TEN_MEGABYTES: usize = 10 << 20;

fn echo(node: &Client) -> Request<'_> {
    node.request("POST", ECHO).with_token()
}

#[test]
fn wrong_values_are_all_named_in_one_answer() {
    let cluster = Cluster::start(1);
    let node = cluster.node("a");
    let right = node.request("POST", &format!("{ECHO}?colour=green")).with_token();
    let right = right.header("x-trace", "t").json(&json!({ "words": ["x"] })).send().ok(200);
    let expected = json!({
        "id": 7, "colour": "green", "trace": "t", "words": ["x"], "limit": 5, "factor": 1.5,
    });
    assert_eq!(right, expected);

    let path = "/api/v1/test/echo/seven?colour=red&nope=1";
    let wrong = node.request("POST", path).with_token();
    let wrong = wrong.json(&json!({ "limit": 11, "factor": "x", "extra": 1 })).send();
    assert_eq!(
        violations(&wrong.problem(422, "invalid_input")),
        [
            "body extra /extra",
            "body factor /factor",
            "body limit /limit",
            "body words /words",
            "path id",
            "query colour",
            "query nope",
        ]
    );
    let far = echo(node).json(&json!({ "words": ["x"], "factor": 1, "limit": -1 })).send();
    assert_eq!(violations(&far.problem(422, "invalid_input")), ["body limit /limit"]);
    let long = echo(node).json(&json!({ "words": ["1", "2", "3", "4"] })).send();
    assert_eq!(violations(&long.problem(422, "invalid_input")), ["body words /words"]);
    let twice = node.get("/api/v1/cluster/processes?limit=1&limit=2&limti=3");
    let twice = twice.problem(422, "invalid_input");
    assert_eq!(violations(&twice), ["query limit", "query limti"]);
    assert!(twice["violations"].to_string().contains("did you mean `limit`"), "{twice}");

    let numbers = node.get("/api/v1/test/numbers?number=1&number=18446744073709551615");
    assert_eq!(numbers.ok(200), json!([1, 18_446_744_073_709_551_615_u64]));
    assert_eq!(numbers.header("deprecation"), "true");
    assert_eq!(node.get("/api/v1/test/numbers").ok(200), json!([7]));
    let negative = node.get("/api/v1/test/numbers?number=-1").problem(422, "invalid_input");
    assert_eq!(violations(&negative), ["query number"]);
}

#[test]
fn bodies_and_headers_that_cannot_be_taken_are_refused() {
    let cluster = Cluster::start(1);
    let node = cluster.node("a");
    assert_bodies(node);
    assert_control_headers(node);
    assert_exposure(node);
    assert_routes(node);
    assert_eq!(node.get("/healthz").ok_page(), "ok");
}

fn assert_bodies(node: &Client) {
    let json = |body: &str| echo(node).header("content-type", "application/json").bytes(body);
    let missing = echo(node).send().problem(422, "invalid_input");
    assert_eq!(violations(&missing), ["body words /words"]);
    for text in ["{", "words=1", "\u{0}", "[[[[", r#"{"words":["x"]} trailing"#] {
        json(text).send().problem(400, "malformed");
    }
    for text in ["[1]", "null", "7"] {
        json(text).send().problem(422, "invalid_input");
    }
    let deep = "[".repeat(100_000);
    json(&deep).send().problem(400, "malformed");
    let form = echo(node).header("content-type", "application/x-www-form-urlencoded");
    form.bytes("words=x").send().problem(415, "unsupported_media_type");
    echo(node).bytes("{}").send().problem(415, "unsupported_media_type");

    json(&" ".repeat(TEN_MEGABYTES)).send().problem(413, "too_large");
    let chunked = echo(node).header("content-type", "application/json");
    let chunked = chunked.chunked(repeat(b' ').take(TEN_MEGABYTES as u64));
    chunked.send().problem(413, "too_large");
    let nowhere = node.request("POST", "/api/v1/nowhere").with_token();
    nowhere.bytes(vec![b' '; TEN_MEGABYTES]).send().problem(404, "not_found");
}

fn assert_control_headers(node: &Client) {
    let read = || node.request("GET", "/api/v1/cluster/status");
    for (header, value) in [
        ("arsenal-dry-run", "perhaps"),
        ("arsenal-mode", "dream"),
        ("idempotency-key", "k"),
        ("arsenal-deadline-ms", "soon"),
        ("arsenal-deadline-ms", "0"),
        ("arsenal-deadline-ms", "-5"),
    ] {
        let refused = read().header(header, value).send().problem(422, "invalid_input");
        assert_eq!(violations(&refused), [format!("header {header}")]);
    }
    let named = read().header("arsenal-request-id", "mine-7").send();
    assert_eq!((named.status, named.header("arsenal-request-id")), (200, "mine-7"));
    let refused = node.request("GET", "/api/v1/nowhere").header("arsenal-request-id", "mine-8");
    assert_eq!(refused.send().problem(404, "not_found")["request_id"], "mine-8");
    read().header("accept", "text/html").send().problem(406, "not_acceptable");
}

fn assert_exposure(node: &Client) {
    let unauthenticated = |answer: Answer| {
        answer.problem(401, "unauthenticated");
        assert_eq!(answer.header("www-authenticate"), "Bearer");
    };
    let post = || node.request("POST", SANDBOXES).json(&counters(1, &[]));
    unauthenticated(post().send());
    for wrong in ["Bearer wrong", "Bearer ", "Basic YTpi", "nonsense"] {
        unauthenticated(post().header("authorization", wrong).send());
    }
    let read = || node.request("GET", "/api/v1/cluster/status");
    unauthenticated(read().header("authorization", "Bearer wrong").send());
    for header in ["x-forwarded-for", "forwarded", "via"] {
        unauthenticated(read().header(header, "1.2.3.4").send());
        assert_eq!(read().header(header, "1.2.3.4").with_token().send().status, 200);
    }
    for method in ["GET", "POST"] {
        let foreign = node.request(method, "/api/v1/cluster/status").with_token();
        foreign.header("host", "evil.example").send().problem(403, "forbidden");
    }
    let page = post().with_token().header("origin", "http://evil.example");
    page.send().problem(403, "forbidden");
}

fn assert_routes(node: &Client) {
    let near = node.get("/api/v1/cluster/topologi").problem(404, "not_found");
    let suggestion = near["suggestion"].as_str().unwrap();
    assert!(suggestion.contains("`GET /api/v1/cluster/topology`"), "{suggestion}");
    for (asked, meant) in [
        ("/api/v1/cluster/supervisors", "`GET /api/v1/supervisors`"),
        ("/api/v1/failures", "`GET /api/v1/cluster/failures`"),
        ("/api/v1/process", "`GET /api/v1/cluster/processes`"),
        ("/processes", "`GET /api/v1/cluster/processes`"),
        ("/api/v1/processes/x/kill", "`GET|DELETE /api/v1/processes/{pid}`"),
    ] {
        let suggestion = node.get(asked).problem(404, "not_found")["suggestion"].to_string();
        assert!(
            suggestion.starts_with(&format!("\"did you mean {meant}")),
            "{asked}: {suggestion}"
        );
    }
    let listed = node.get("/api/v1/processes").problem(405, "method_not_allowed");
    let suggestion = listed["suggestion"].as_str().unwrap();
    assert!(
        suggestion.starts_with("did you mean `GET /api/v1/cluster/processes`?"),
        "{suggestion}"
    );
    assert!(suggestion.ends_with("POST: Starts a process from a blueprint."), "{suggestion}");
    assert!(node.get("/far/away").problem(404, "not_found")["suggestion"].is_string());
    for (method, path, allowed) in [
        ("PUT", SANDBOXES, "GET, HEAD, POST"),
        ("POST", "/api/v1/cluster/topology", "GET, HEAD"),
        ("DELETE", "/openapi.json", "GET, HEAD"),
        ("POST", "/healthz", "GET, HEAD"),
        ("GET", ECHO, "POST"),
    ] {
        let refused = node.request(method, path).with_token().send();
        refused.problem(405, "method_not_allowed");
        assert_eq!(refused.header("allow"), allowed, "{method} {path}");
    }
    node.get("/api/v1/cluster/nodes/zzz").problem(404, "not_found");
    node.get("/api/v1/cluster/nodes/%FF").problem(422, "invalid_input");
    let bad = node.get("/api/v1/test/place/NO_NAME").problem(422, "invalid_input");
    assert_eq!(violations(&bad), ["path node"]);
    node.get("/docs/nothing.js").problem(404, "not_found");
}

#[test]
fn an_operation_that_fails_is_the_failure_of_its_call_alone() {
    let cluster = Cluster::start(2);
    let node = cluster.node("a");
    for _ in 0..3 {
        let panicked = node.post("/api/v1/test/panic", &json!({}));
        panicked.problem(500, "internal");
        assert!(!panicked.text().contains("secret"), "{}", panicked.text());
    }
    let (hung, took) = measured(|| node.get("/api/v1/test/hang"));
    assert_eq!(hung.problem(504, "distributed_timeout")["failures"][0]["node"], "a");
    assert!((400..3000).contains(&took.as_millis()), "{took:?}");
    let sooner = node.request("GET", "/api/v1/test/hang").deadline_ms(50);
    let (sooner, took) = measured(|| sooner.send());
    sooner.problem(504, "distributed_timeout");
    assert!(took < Duration::from_millis(450), "{took:?}");

    let all = node.get("/api/v1/test/hang-everywhere").problem(504, "distributed_timeout");
    assert_eq!(all["failures"].as_array().unwrap().len(), 2, "{all}");
    for (path, code, ran) in [
        ("/api/v1/test/panic-on?unlucky=b", "internal", "yes"),
        ("/api/v1/test/hang-on?unlucky=b", "distributed_timeout", "unknown"),
    ] {
        let answer = node.get(path);
        assert_eq!(answer.header("arsenal-partial"), "true");
        let answer = answer.ok(200);
        assert_eq!(answer["data"], json!({ "a": "fine" }), "{path}");
        let failure = &answer["failures"][0];
        let found = [&failure["node"], &failure["code"], &failure["ran"]];
        assert_eq!(found, [&json!("b"), &json!(code), &json!(ran)]);
    }
    assert_eq!(node.get("/api/v1/test/place/b").ok(200), "b");
    for name in ["a", "b"] {
        assert_eq!(cluster.node(name).get("/healthz").ok_page(), "ok");
    }
}
