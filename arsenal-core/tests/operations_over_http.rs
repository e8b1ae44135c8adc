//! Operations written with `#[operation]`, found through the linker, asked over HTTP, documented.

#![expect(
    unused_crate_dependencies,
    clippy::tests_outside_test_module,
    clippy::unwrap_used,
    reason = "a test binary"
)]

use std::sync::{Arc, Mutex};

use arsenal_core::{
    context::{NodeParts, Services},
    hooks::{Hooks, Outcome, Scope},
    http::{documents_router, router},
    membership::{Alone, Mode},
    prelude::*,
    principal::{Principal, Role},
    registry::Registry,
    telemetry::{MetricsFormat, metrics},
};
use axum::body::Body;
use http::{Request, StatusCode};
use http_body_util::BodyExt as _;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tower::ServiceExt as _;

/// A thing on a shelf.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
struct Book {
    title: String,
    pages: Option<u32>,
}

/// Lists the books of all nodes.
#[operation(get, "/api/v1/books", target = all_nodes, tag = "book", alias = "/api/v1/library")]
async fn list_books(
    /// At most this many rows, over all nodes.
    #[param(range(min = 1, max = 1000), default = 100)]
    limit: u32,
    /// Where the last page ended.
    cursor: Option<Cursor>,
) -> Result<Page<Book>, OperationError> {
    drop(cursor);
    let books = (1..=limit.min(2)).map(|n| Book { title: format!("volume {n}"), pages: None });
    Ok(Page::last(books.collect()))
}

/// Puts a book on a shelf.
#[operation(post, "/api/v1/shelves/{shelf}/books", tag = "book", status = 201)]
async fn add_book(shelf: String, book: Book, copies: u8) -> Result<String, OperationError> {
    Ok(format!("{copies} × {} on {shelf}", book.title))
}

/// Shows a book by its number.
#[operation(get, "/api/v1/books/{number}", tag = "book")]
async fn show_book(number: u32) -> Result<String, OperationError> {
    if number == 0 { Err(OperationError::not_found("no book")) } else { Ok(number.to_string()) }
}

fn app() -> axum::Router {
    let name: NodeName = "alone".parse().unwrap();
    let cluster = Arc::new(Alone::new(name.clone()));
    let registry = Arc::new(Registry::from_linked().unwrap());
    let node = NodeParts::new(name, cluster, registry, Services::default(), Mode::Cluster);
    let node = Arc::new(node);
    router(Arc::clone(&node)).merge(documents_router(node))
}

async fn ask(method: &str, uri: &str, body: &str) -> (StatusCode, Value) {
    let request = Request::builder()
        .method(method)
        .uri(uri)
        .header("content-type", "application/json")
        .extension(Principal::new("tester", Role::Admin))
        .body(Body::from(body.to_owned()))
        .unwrap();
    let (parts, body) = app().oneshot(request).await.unwrap().into_parts();
    let bytes = body.collect().await.unwrap().to_bytes();
    (parts.status, serde_json::from_slice(&bytes).unwrap())
}

#[tokio::test]
async fn a_list_of_all_nodes_is_answered_under_path_and_alias() {
    for path in ["/api/v1/books", "/api/v1/library"] {
        let (status, answer) = ask("GET", &format!("{path}?limit=1"), "").await;
        assert_eq!(status, 200, "{answer}");
        assert_eq!(answer["data"]["items"], json!([{ "title": "volume 1", "pages": null }]));
        assert_eq!(answer["nodes"], json!({ "asked": 1, "answered": 1 }));
    }
}

#[tokio::test]
async fn a_body_is_typed_and_everything_wrong_is_named() {
    let add = "/api/v1/shelves/north%20wall/books";
    let good = r#"{ "book": { "title": "Dune" }, "copies": 3 }"#;
    let (status, answer) = ask("POST", add, good).await;
    assert_eq!((status, answer), (StatusCode::CREATED, json!("3 × Dune on north wall")));

    let (status, problem) = ask("POST", add, r#"{ "copies": 300, "boks": {} }"#).await;
    assert_eq!(status, 422);
    let violations = problem["violations"].as_array().unwrap();
    let named: Vec<&str> = violations.iter().filter_map(|v| v["name"].as_str()).collect();
    for name in ["book", "boks", "copies"] {
        assert!(named.contains(&name), "{problem}");
    }

    let (status, problem) = ask("POST", add, r#"{ "copies": "#).await;
    assert_eq!((status.as_u16(), &problem["code"]), (400, &json!("malformed")));
}

#[tokio::test]
async fn a_bad_path_value_has_no_duration_and_reaches_no_hook() {
    let seen = Arc::new(Mutex::new(Vec::new()));
    let log = Arc::clone(&seen);
    let hooks = Hooks::new().after(Scope::operation("book.show"), move |_, _, outcome, _| {
        log.lock().unwrap().push(matches!(outcome, Outcome::Answered));
    });
    let name: NodeName = "alone".parse().unwrap();
    let cluster = Arc::new(Alone::new(name.clone()));
    let registry = Arc::new(Registry::from_linked().unwrap());
    let node = NodeParts::new(name, cluster, registry, Services::default(), Mode::Cluster);
    let node = Arc::new(node.with_hooks(&hooks).unwrap());
    for (number, status) in [("seven", 422), ("0", 404), ("7", 200)] {
        let request = Request::get(format!("/api/v1/books/{number}"))
            .extension(Principal::new("tester", Role::Admin))
            .body(Body::empty())
            .unwrap();
        let response = router(Arc::clone(&node)).oneshot(request).await.unwrap();
        assert_eq!(response.status(), status, "{number}");
    }
    assert_eq!(*seen.lock().unwrap(), [false, true]);
    let text = metrics(&node, MetricsFormat::Prometheus);
    for sample in [
        r#"invocations_total{operation="book.show",code="invalid_input"} 1"#,
        r#"duration_seconds_count{operation="book.show"} 2"#,
        r#"in_flight{operation="book.show"} 0"#,
    ] {
        assert!(text.contains(&format!("arsenal_operation_{sample}\n")), "{sample} in {text}");
    }
}

/// `ARSENAL_DOCUMENT=<file>` writes the document, for a validator outside.
#[tokio::test]
async fn the_document_describes_what_is_served() {
    let (_, document) = ask("GET", "/openapi.json", "").await;
    let list = &document["paths"]["/api/v1/books"]["get"];
    assert_eq!(list["summary"], "Lists the books of all nodes.");
    assert_eq!(list["x-aliases"], json!(["/api/v1/library"]));
    assert_eq!(list["parameters"][0]["description"], "At most this many rows, over all nodes.");
    assert_eq!(list["parameters"][0]["schema"]["maximum"], 1000);
    let add = &document["paths"]["/api/v1/shelves/{shelf}/books"]["post"];
    let body = &add["requestBody"]["content"]["application/json"]["schema"];
    assert_eq!(body["properties"]["book"]["$ref"], "#/components/schemas/BookInput");
    assert_eq!(add["responses"]["201"]["content"]["application/json"]["schema"]["type"], "string");
    if let Ok(file) = std::env::var("ARSENAL_DOCUMENT") {
        std::fs::write(file, document.to_string()).unwrap();
    }
}
