//! How often a request allocates, so that it does not grow unnoticed.
//!
//! Time is measured in `benches/`; this counts, which is the same on every machine. A test binary of
//! its own, for its allocator counts.

#![expect(
    unused_crate_dependencies,
    clippy::tests_outside_test_module,
    clippy::unwrap_used,
    reason = "a test binary"
)]

use std::{
    alloc::{GlobalAlloc, Layout, System},
    cell::Cell,
    sync::Arc,
};

use arsenal_core::{
    context::{NodeParts, Services},
    http::router,
    membership::{Alone, Mode},
    prelude::*,
    principal::{Principal, Role},
    registry::Registry,
};
use axum::{Router, body::Body};
use http::Request;
use schemars::JsonSchema;
use serde::Serialize;
use tower::ServiceExt as _;

/// Allocations of a GET with a parameter in the path and two in the query, from the router to the
/// response. One is the operation's own and 7 are ours (the boxed future, the encoded answer in two
/// parts, its body, the headers of the response in two parts, the text of the request's id); the
/// rest are axum's.
const GET_ALLOCATIONS: u64 = 15;

/// Allocations of a POST with four fields in its body. One more is ours: the future that reads it.
const POST_ALLOCATIONS: u64 = 13;

#[derive(Debug, Serialize, JsonSchema)]
struct Item {
    id: u64,
    name: String,
}

/// Reads an item.
#[operation(get, "/items/{id}", tag = "item")]
async fn get_item(
    id: u64,
    verbose: bool,
    #[param(range(min = 1, max = 1000))] limit: u32,
) -> Result<Item, OperationError> {
    assert!(verbose && limit == 50, "as asked");
    Ok(Item { id, name: String::from("item") })
}

/// Adds an item.
#[operation(post, "/items", tag = "item")]
async fn add_item(
    #[param(length(min = 1, max = 64))] name: String,
    quantity: u32,
    active: bool,
    note: Option<String>,
) -> Result<Item, OperationError> {
    assert!(active && note.is_none() && quantity == 3, "as asked");
    Ok(Item { id: 1, name })
}

#[tokio::test]
async fn a_request_allocates_no_more_than_it_did() {
    let app = app();
    let get = || {
        let request = Request::get("/items/7?verbose=true&limit=50");
        request.extension(caller()).body(Body::empty()).unwrap()
    };
    let post = || {
        let body = r#"{"name":"n","quantity":3,"active":true,"note":null}"#;
        let request = Request::post("/items").header("content-type", "application/json");
        request.extension(caller()).body(Body::from(body)).unwrap()
    };
    assert_allocations(&app, get, GET_ALLOCATIONS, "GET_ALLOCATIONS").await;
    assert_allocations(&app, post, POST_ALLOCATIONS, "POST_ALLOCATIONS").await;
}

async fn assert_allocations(
    app: &Router,
    request: impl Fn() -> Request<Body>,
    expected: u64,
    constant: &str,
) {
    // What is made once, for the first request, does not count.
    ask(app, request()).await;
    let (first, second) = (ask(app, request()).await, ask(app, request()).await);
    assert_eq!(first, second, "each request allocates as often as the one before");
    assert_eq!(
        first,
        expected,
        "{constant} in {}: a request now allocates {first} times, not {expected}. Fewer: lower the \
         constant. More: find out what for (`valgrind --tool=dhat`), and raise it only for what \
         every request needs",
        file!(),
    );
}

/// How often a request allocated, up to its response.
async fn ask(app: &Router, request: Request<Body>) -> u64 {
    let before = ALLOCATIONS.get();
    let response = app.clone().oneshot(request).await.unwrap();
    let after = ALLOCATIONS.get();
    assert!(response.status().is_success(), "{response:?}");
    after - before
}

fn app() -> Router {
    let name: NodeName = "alone".parse().unwrap();
    let cluster = Arc::new(Alone::new(name.clone()));
    let registry = Arc::new(Registry::from_linked().unwrap());
    let node = NodeParts::new(name, cluster, registry, Services::default(), Mode::Cluster);
    router(Arc::new(node))
}

fn caller() -> Principal {
    Principal::new("tester", Role::Admin)
}

thread_local! {
    /// Allocations of this thread. The runtime of the test runs on it, and nothing else does.
    static ALLOCATIONS: Cell<u64> = const { Cell::new(0) };
}

/// The system's allocator, counting.
struct Counting;

#[global_allocator]
static ALLOCATOR: Counting = Counting;

#[expect(
    unsafe_code,
    reason = "passes each call on as it came; a `Cell` without a destructor counts"
)]
// SAFETY: every call goes to `System` with the arguments that it came with, so its contract is kept;
// counting allocates nothing and cannot unwind.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        ALLOCATIONS.set(ALLOCATIONS.get() + 1);
        // SAFETY: the caller keeps the contract.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: the caller keeps the contract.
        unsafe { System.dealloc(pointer, layout) }
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        ALLOCATIONS.set(ALLOCATIONS.get() + 1);
        // SAFETY: the caller keeps the contract.
        unsafe { System.realloc(pointer, layout, size) }
    }
}
