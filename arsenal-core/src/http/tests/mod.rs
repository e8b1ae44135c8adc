//! The routes of a node, asked as a client would, without a socket.

mod controls;
mod documents;
mod metrics;
mod mounting;
mod refusals;
mod requests;

use std::sync::Arc;

use axum::{Router, body::Body};
use http::{HeaderMap, Request, StatusCode};
use http_body_util::BodyExt as _;
use serde_json::Value;
use tower::ServiceExt as _;

use super::{documents_router, metrics_router, router, routes};
use crate::{
    context::NodeParts,
    principal::{Principal, Role},
    samples,
};

/// A response with its body read.
struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    body: Vec<u8>,
}

impl Answer {
    fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    /// The code of the problem, after checking that it is one.
    fn problem(&self) -> String {
        assert_eq!(self.header("content-type"), "application/problem+json");
        let problem = self.json();
        assert_eq!(problem["status"], self.status.as_u16());
        assert_eq!(problem["request_id"], self.header("arsenal-request-id"));
        assert_eq!(self.header("arsenal-node"), "alone");
        assert_eq!(self.header("arsenal-mode"), "cluster");
        problem["code"].as_str().unwrap().to_owned()
    }
}

fn app() -> Router {
    let node = samples::node();
    app_of(&node)
}

fn app_of(node: &Arc<NodeParts>) -> Router {
    router(Arc::clone(node))
        .merge(documents_router(Arc::clone(node)))
        .merge(metrics_router(Arc::clone(node)))
}

/// A request of an operator, still without a body.
fn request(method: &str, uri: &str) -> http::request::Builder {
    Request::builder().method(method).uri(uri).extension(Principal::new("tester", Role::Admin))
}

fn json(builder: http::request::Builder, body: impl Into<Body>) -> Request<Body> {
    builder.header("content-type", "application/json").body(body.into()).unwrap()
}

async fn get(uri: &str) -> Answer {
    send(request("GET", uri).body(Body::empty()).unwrap()).await
}

async fn send(request: Request<Body>) -> Answer {
    send_to(app(), request).await
}

async fn send_to(app: Router, request: Request<Body>) -> Answer {
    let (parts, body) = app.oneshot(request).await.unwrap().into_parts();
    let body = body.collect().await.unwrap().to_bytes().to_vec();
    Answer { status: parts.status, headers: parts.headers, body }
}
