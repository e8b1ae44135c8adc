//! Streams written with `#[operation(…, stream)]`, asked over HTTP as a browser would.

#![expect(
    unused_crate_dependencies,
    clippy::tests_outside_test_module,
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test binary"
)]

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use arsenal_core::{
    answer::Stream,
    context::{NodeParts, Services},
    http::{documents_router, router},
    membership::{Alone, Mode},
    prelude::*,
    principal::{Principal, Role},
    registry::Registry,
};
use axum::body::Body;
use futures_util::stream;
use http::{HeaderMap, Request, StatusCode};
use http_body_util::BodyExt as _;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Value, json};
use tower::ServiceExt as _;

/// One beat of a clock.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct Tick {
    number: u32,
}

fn ticks(from: u32, count: u32) -> impl Iterator<Item = Tick> {
    (from..=count).map(|number| Tick { number })
}

/// Counts, and goes on where a client was cut off.
#[operation(get, "/api/v1/ticks", tag = "tick", stream, target = node(node))]
async fn ticks_of_node(
    context: NodeContext,
    node: NodeName,
    #[param(default = 3)] count: u32,
) -> Result<impl Stream<Item = Result<Event<Tick>, OperationError>>, OperationError> {
    assert_eq!(node, *context.node());
    if count == 0 {
        return Err(OperationError::conflict("nothing to count"));
    }
    let after = context.last_event_id().map_or(0, |id| id.parse().unwrap());
    Ok(stream::iter(ticks(after + 1, count).map(|tick| Ok(Event::new(tick.number, tick)))))
}

/// Counts on every node.
#[operation(get, "/api/v1/all-ticks", tag = "tick", stream, target = all_nodes)]
async fn all(
    context: NodeContext,
) -> impl Stream<Item = Result<Event<Tick>, OperationError>> + Send {
    let after = context.last_event_id().map_or(0, |id| id.parse().unwrap());
    stream::iter(ticks(after + 1, 2).map(|tick| Ok(Event::new(tick.number, tick))))
}

/// Counts down, and breaks.
#[operation(post, "/api/v1/breaks", tag = "tick", stream)]
async fn breaks(how: String) -> impl Stream<Item = Result<Tick, OperationError>> {
    let mut left = ticks(1, 1);
    stream::poll_fn(move |_| {
        let broken = || match how.as_str() {
            "panic" => panic!("a user's"),
            _ => OperationError::conflict(how.clone()).because("a secret"),
        };
        std::task::Poll::Ready(Some(left.next().ok_or_else(broken)))
    })
}

static ENDLESS: AtomicUsize = AtomicUsize::new(0);

struct Runs;

impl Drop for Runs {
    fn drop(&mut self) {
        ENDLESS.fetch_sub(1, Ordering::SeqCst);
    }
}

/// Says nothing, for ever.
#[operation(get, "/api/v1/silence", tag = "tick", stream, timeout = "1s")]
async fn silence() -> impl Stream<Item = Result<Tick, OperationError>> {
    ENDLESS.fetch_add(1, Ordering::SeqCst);
    let runs = Runs;
    stream::poll_fn(move |_| {
        let _runs = &runs;
        std::task::Poll::Pending
    })
}

/// Invokes a stream.
#[operation(get, "/api/v1/invokes", tag = "tick")]
async fn invokes(context: NodeContext) -> Result<u32, OperationError> {
    context.invoke("tick.silence", &json!({})).await
}

fn app() -> axum::Router {
    let name: NodeName = "alone".parse().unwrap();
    let cluster = Arc::new(Alone::new(name.clone()));
    let registry = Arc::new(Registry::from_linked().unwrap());
    let node = NodeParts::new(name, cluster, registry, Services::default(), Mode::Cluster);
    let node = Arc::new(node);
    router(Arc::clone(&node)).merge(documents_router(node))
}

fn request(method: &str, uri: &str) -> http::request::Builder {
    Request::builder()
        .method(method)
        .uri(uri)
        .header("content-type", "application/json")
        .header("accept", "text/event-stream")
        .extension(Principal::new("tester", Role::Admin))
}

async fn send(request: http::request::Builder, body: &str) -> (StatusCode, HeaderMap, String) {
    let request = request.body(Body::from(body.to_owned())).unwrap();
    let (parts, body) = app().oneshot(request).await.unwrap().into_parts();
    let bytes = body.collect().await.unwrap().to_bytes();
    (parts.status, parts.headers, String::from_utf8(bytes.to_vec()).unwrap())
}

/// Status and code of a problem, and what it says first of the values.
async fn problem(request: http::request::Builder, body: &str) -> (u16, String, String) {
    let (status, headers, text) = send(request, body).await;
    assert_eq!(headers["content-type"], "application/problem+json", "{text}");
    let problem: Value = serde_json::from_str(&text).unwrap();
    let message = problem["violations"][0]["message"].as_str().unwrap_or_default();
    (status.as_u16(), problem["code"].as_str().unwrap().to_owned(), message.to_owned())
}

#[tokio::test]
async fn events_have_ids_and_a_client_goes_on_after_the_last_one() {
    let uri = "/api/v1/ticks?node=alone";
    let (status, headers, text) = send(request("GET", uri), "").await;
    assert_eq!(
        (status, &headers["content-type"]),
        (StatusCode::OK, &"text/event-stream".parse().unwrap())
    );
    assert_eq!(
        (&headers["cache-control"], &headers["x-accel-buffering"]),
        (&"no-store".parse().unwrap(), &"no".parse().unwrap())
    );
    assert_eq!(
        (&headers["arsenal-node"], &headers["arsenal-mode"]),
        (&"alone".parse().unwrap(), &"cluster".parse().unwrap())
    );
    assert!(headers.contains_key("arsenal-request-id"));
    let event = |n: u32| format!("id: {n}\ndata: {{\"number\":{n}}}\n\n");
    let end = "event: end\ndata: {}\n\n";
    assert_eq!(text, format!("{}{}{}{end}", event(1), event(2), event(3)));
    let (_, _, rest) = send(request("GET", uri).header("last-event-id", "2"), "").await;
    assert_eq!(rest, format!("{}{end}", event(3)));
    let (_, _, fresh) = send(request("GET", uri).header("last-event-id", ""), "").await;
    assert_eq!(fresh, text);
}

#[tokio::test]
async fn what_does_not_start_is_an_ordinary_problem() {
    let refused = problem(request("GET", "/api/v1/ticks?node=alone&count=0"), "").await;
    assert_eq!((refused.0, &*refused.1), (409, "conflict"));
    let invalid = problem(request("GET", "/api/v1/ticks?node=alone&count=x"), "").await;
    assert_eq!((invalid.0, &*invalid.1), (422, "invalid_input"));
    let unknown = problem(request("GET", "/api/v1/ticks?node=b"), "").await;
    assert_eq!((unknown.0, &*unknown.1), (404, "not_found"));
    let invoked = problem(request("GET", "/api/v1/invokes").header("accept", "*/*"), "").await;
    assert_eq!((invoked.0, &*invoked.1), (500, "internal"));
}

#[tokio::test]
async fn a_place_that_no_stream_gave_is_refused() {
    let uri = "/api/v1/ticks?node=alone";
    let long = "x".repeat(10_000);
    for (request, expected) in [
        (request("GET", uri).header("last-event-id", long), "is not the id of an event"),
        (
            request("GET", uri).header("last-event-id", "1").header("last-event-id", "2"),
            "is given more than once",
        ),
        (
            request("GET", "/api/v1/silence").header("last-event-id", "1"),
            "is not understood here: the events of this stream have no ids",
        ),
        (
            request("GET", "/api/v1/all-ticks").header("last-event-id", "1"),
            "is not the id of an event of this stream",
        ),
    ] {
        let (status, code, message) = problem(request, "").await;
        assert_eq!((status, &*code, &*message), (422, "invalid_input", expected));
    }
}

#[tokio::test]
async fn a_stream_is_not_json() {
    let json = Request::builder().uri("/api/v1/silence").header("accept", "application/json");
    let json = json.extension(Principal::new("tester", Role::Admin));
    let (status, code, _) = problem(json, "").await;
    assert_eq!((status, &*code), (406, "not_acceptable"));
}

#[tokio::test]
async fn streams_of_all_nodes_name_the_node() {
    let (_, _, text) = send(request("GET", "/api/v1/all-ticks"), "").await;
    let data = |n: u32| format!("data: {{\"node\":\"alone\",\"data\":{{\"number\":{n}}}}}\n\n");
    assert!(text.contains(&data(1)) && text.contains(&data(2)), "{text}");
    let id = text.lines().next().unwrap().strip_prefix("id: ").unwrap();
    let (_, _, rest) =
        send(request("GET", "/api/v1/all-ticks").header("last-event-id", id), "").await;
    assert!(!rest.contains(&data(1)) && rest.contains(&data(2)), "{rest}");
}

#[tokio::test]
async fn what_breaks_in_the_midst_is_the_last_event() {
    for (how, code) in [("panic", "internal"), ("full", "conflict")] {
        let body = json!({ "how": how }).to_string();
        let (status, _, text) = send(request("POST", "/api/v1/breaks"), &body).await;
        assert_eq!(status, 200);
        let events: Vec<&str> = text.trim_end().split("\n\n").collect();
        assert_eq!((events.len(), events[0]), (2, r#"data: {"number":1}"#));
        let problem = events[1].strip_prefix("event: problem\ndata: ").unwrap();
        let problem: Value = serde_json::from_str(problem).unwrap();
        assert_eq!(problem["code"], code);
        assert!(!text.contains("secret"), "{text}");
    }
}

#[tokio::test(start_paused = true)]
async fn head_of_a_stream_ends_and_so_does_the_stream_when_its_client_leaves() {
    let (status, headers, body) = send(request("HEAD", "/api/v1/silence"), "").await;
    assert_eq!((status, &*body), (StatusCode::OK, ""));
    assert_eq!(headers["content-type"], "text/event-stream");
    assert_eq!(ENDLESS.load(Ordering::SeqCst), 0);

    let request = request("GET", "/api/v1/silence").body(Body::empty()).unwrap();
    let mut body = app().oneshot(request).await.unwrap().into_body();
    for _ in 0..10 {
        // Longer than its time limit, and than what a proxy waits.
        assert_eq!(body.frame().await.unwrap().unwrap().into_data().unwrap(), ":\n\n");
    }
    assert_eq!(ENDLESS.load(Ordering::SeqCst), 1);
    drop(body);
    assert_eq!(ENDLESS.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn the_document_says_what_an_event_is() {
    let (_, _, text) = send(request("GET", "/openapi.json"), "").await;
    let document: Value = serde_json::from_str(&text).unwrap();
    let of = |path: &str| document["paths"][path]["get"].clone();
    let schema = |operation: &Value| {
        operation["responses"]["200"]["content"]["text/event-stream"]["schema"].clone()
    };
    let one = of("/api/v1/ticks");
    assert_eq!(schema(&one), json!({ "$ref": "#/components/schemas/Tick" }));
    assert_eq!(one["x-arsenal-stream"], true);
    assert!(document["components"]["schemas"]["Tick"].is_object());
    let resumes = json!({ "$ref": "#/components/parameters/Last-Event-ID" });
    assert!(one["parameters"].as_array().unwrap().contains(&resumes));
    assert!(document["components"]["parameters"]["Last-Event-ID"].is_object());
    let all = schema(&of("/api/v1/all-ticks"));
    assert_eq!(all["properties"]["data"]["$ref"], "#/components/schemas/Tick");
    assert_eq!(all["required"], json!(["node", "data"]));
    let silence = of("/api/v1/silence");
    assert!(!silence["parameters"].as_array().unwrap().contains(&resumes));
    assert!(of("/api/v1/invokes").get("x-arsenal-stream").is_none());
}
