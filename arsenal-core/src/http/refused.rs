//! The answer to a method that a path does not have.

use std::{
    convert::Infallible,
    sync::Arc,
    task::{Context, Poll},
};

use axum::{extract::Request, response::Response};
use http::{HeaderValue, header::ALLOW};
use tower_service::Service;

use super::{
    drain::Refusal,
    respond::{Responder, Surface},
};
use crate::{
    error::{Code, OperationError},
    spec::Method,
};

/// Names the methods of the path.
#[derive(Clone)]
pub(super) struct MethodNotAllowed {
    surface: Arc<Surface>,
    allowed: Arc<str>,
}

impl MethodNotAllowed {
    pub(super) fn new(surface: Arc<Surface>, methods: impl Iterator<Item = Method>) -> Self {
        let mut methods: Vec<Method> = methods.collect();
        methods.sort_unstable();
        methods.dedup();
        let names: Vec<&str> = methods.into_iter().map(name).collect();
        Self { surface, allowed: names.join(", ").into() }
    }
}

/// What serves GET serves HEAD.
const fn name(method: Method) -> &'static str {
    if let Method::Get = method { "GET, HEAD" } else { method.as_str() }
}

impl Service<Request> for MethodNotAllowed {
    type Response = Response;
    type Error = Infallible;
    type Future = Refusal;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request) -> Self::Future {
        let responder = Responder::new(Arc::clone(&self.surface), request.headers());
        let (method, allowed) = (request.method(), &*self.allowed);
        let detail = format!("this path has no method {method}; it has {allowed}");
        let error = OperationError::new(Code::MethodNotAllowed, detail);
        let mut response = responder.problem(&error);
        if let Ok(allowed) = HeaderValue::from_str(allowed) {
            response.headers_mut().insert(ALLOW, allowed);
        }
        Refusal::new(request, response)
    }
}
