//! The answer to a method that a path does not have.

use std::{
    collections::BTreeMap,
    convert::Infallible,
    sync::Arc,
    task::{Context, Poll},
};

use axum::{extract::Request, response::Response};
use http::{HeaderValue, header::ALLOW};
use tower_service::Service;

use super::{
    drain::Refusal,
    near::Routes,
    respond::{Responder, Surface},
};
use crate::{
    error::{Code, OperationError},
    spec::{Method, OperationSpec},
};

/// Names the methods of the path, what they do, and the path that has the method.
#[derive(Clone)]
pub(super) struct MethodNotAllowed {
    surface: Arc<Surface>,
    allowed: Arc<str>,
    /// What the methods do; of a page there is nothing to say.
    does: Arc<str>,
    routes: Option<Arc<Routes>>,
}

impl MethodNotAllowed {
    pub(super) fn new(
        surface: Arc<Surface>,
        operations: &[&'static OperationSpec],
        routes: Arc<Routes>,
    ) -> Self {
        // Of several versions of an operation the last one speaks.
        let does: BTreeMap<Method, &str> =
            operations.iter().map(|spec| (spec.method, spec.summary)).collect();
        let allowed: Vec<&str> = does.keys().copied().map(name).collect();
        let does: Vec<String> = does.iter().map(sentence).collect();
        let (allowed, does) = (allowed.join(", ").into(), does.join(" ").into());
        Self { surface, allowed, does, routes: Some(routes) }
    }

    /// For a page.
    pub(super) fn of_page(surface: Arc<Surface>) -> Self {
        Self { surface, allowed: name(Method::Get).into(), does: "".into(), routes: None }
    }

    fn error(&self, method: &str, path: &str) -> OperationError {
        let detail = format!("this path has no method {method}; it has {}", self.allowed);
        let error = OperationError::new(Code::MethodNotAllowed, detail);
        let alike = self.routes.as_ref().and_then(|routes| routes.alike(method, path));
        let alike = alike.map(|route| format!("did you mean {}?", route.shown_for(method)));
        match (&*self.does, alike) {
            ("", None) => error,
            ("", Some(alike)) => error.suggest(alike),
            (does, None) => error.suggest(does),
            (does, Some(alike)) => error.suggest(format!("{alike} {does}")),
        }
    }
}

fn sentence((method, summary): (&Method, &&str)) -> String {
    format!("{}: {}.", method.as_str(), summary.trim_end_matches('.'))
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
        let error = self.error(request.method().as_str(), request.uri().path());
        let mut response = responder.problem(&error);
        if let Ok(allowed) = HeaderValue::from_str(&self.allowed) {
            response.headers_mut().insert(ALLOW, allowed);
        }
        Refusal::new(request, response)
    }
}
