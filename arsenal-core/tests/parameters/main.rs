//! Every kind of parameter, over HTTP, as a client sends it.

#![expect(
    unused_crate_dependencies,
    clippy::tests_outside_test_module,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test binary"
)]

mod bytes;
mod document;
mod extremes;
mod flattened;
mod nested;
mod sets;
mod texts;

use std::sync::Arc;

use arsenal_core::{
    context::{NodeParts, Services},
    http::{documents_router, router},
    membership::{Alone, Mode},
    name::NodeName,
    principal::{Principal, Role},
    registry::Registry,
};
use axum::body::Body;
use http::{Request, request};
use http_body_util::BodyExt as _;
use serde_json::Value;
use tower::ServiceExt as _;

fn app() -> axum::Router {
    let name: NodeName = "alone".parse().unwrap();
    let cluster = Arc::new(Alone::new(name.clone()));
    let registry = Arc::new(Registry::from_linked().unwrap());
    let node = NodeParts::new(name, cluster, registry, Services::default(), Mode::Cluster);
    let node = Arc::new(node);
    router(Arc::clone(&node)).merge(documents_router(node))
}

fn request(method: &str, uri: &str) -> request::Builder {
    Request::builder().method(method).uri(uri).extension(Principal::new("tester", Role::Admin))
}

async fn send(request: Request<Body>) -> (u16, Value) {
    let (parts, body) = app().oneshot(request).await.unwrap().into_parts();
    let bytes = body.collect().await.unwrap().to_bytes();
    (parts.status.as_u16(), serde_json::from_slice(&bytes).unwrap())
}

async fn get(uri: &str) -> (u16, Value) {
    send(request("GET", uri).body(Body::empty()).unwrap()).await
}

async fn post(uri: &str, body: &str) -> (u16, Value) {
    let request = request("POST", uri).header("content-type", "application/json");
    send(request.body(Body::from(body.to_owned())).unwrap()).await
}

/// The answer of a request that is fine.
fn fine((status, answer): (u16, Value)) -> Value {
    assert_eq!(status, 200, "{answer}");
    answer
}

/// Every violation as `place name pointer: message`.
fn violations((status, problem): (u16, Value)) -> Vec<String> {
    assert_eq!(status, 422, "{problem}");
    let text = |violation: &Value, key: &str| violation[key].as_str().unwrap().to_owned();
    let all = problem["violations"].as_array().unwrap().iter();
    let all = all.map(|it| {
        let (place, name) = (text(it, "in"), text(it, "name"));
        format!("{place} {name} {}: {}", text(it, "pointer"), text(it, "message"))
    });
    all.collect()
}
