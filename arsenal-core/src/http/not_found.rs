//! The answer to a path that does not exist, with the routes that may have been meant.

use std::{
    convert::Infallible,
    fmt,
    sync::Arc,
    task::{Context, Poll},
};

use axum::{extract::Request, response::Response};
use http::Method;
use tower_service::Service;

use super::{
    drain::Refusal,
    near::{Route, Routes},
    respond::{Responder, Surface},
};
use crate::{context::NodeParts, error::OperationError};

/// The paths of a request that are shown back at most.
const SHOWN_PATH_CHARS_MAX: usize = 200;

/// A service for the fallback of a whole program: the problem `not_found`, naming near misses.
pub fn not_found_service(node: Arc<NodeParts>) -> NotFound {
    let surface = Arc::new(Surface::new(node));
    let routes = Routes::of(surface.registry().operations());
    NotFound::new(surface, Arc::new(routes))
}

/// Answers every request with the problem `not_found`.
#[derive(Clone)]
pub struct NotFound {
    surface: Arc<Surface>,
    routes: Arc<Routes>,
}

impl NotFound {
    pub(super) fn new(surface: Arc<Surface>, routes: Arc<Routes>) -> Self {
        Self { surface, routes }
    }

    fn error(&self, method: &Method, path: &str) -> OperationError {
        let shown: String = path.chars().take(SHOWN_PATH_CHARS_MAX).collect();
        let error = OperationError::not_found(format!("there is no route `{method} {shown}`"));
        let near = self.routes.near(method.as_str(), path);
        let near: Vec<String> = near.into_iter().map(Route::shown).collect();
        match near.split_last() {
            None => error.suggest("`/openapi.json` and `/docs` list all routes"),
            Some((last, [])) => error.suggest(format!("did you mean {last}?")),
            Some((last, others)) => {
                error.suggest(format!("did you mean {} or {last}?", others.join(", ")))
            }
        }
    }
}

impl Service<Request> for NotFound {
    type Response = Response;
    type Error = Infallible;
    type Future = Refusal;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request) -> Self::Future {
        let responder = Responder::new(Arc::clone(&self.surface), request.headers());
        let error = self.error(request.method(), request.uri().path());
        Refusal::new(request, responder.problem(&error))
    }
}

impl fmt::Debug for NotFound {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("NotFound")
            .field("routes", &self.routes.len())
            .finish_non_exhaustive()
    }
}
