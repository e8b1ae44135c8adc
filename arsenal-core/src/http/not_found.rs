//! The answer to a path that does not exist, with the routes that may have been meant.

use std::{
    collections::BTreeSet,
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
    respond::{Responder, Surface},
    router::templates,
};
use crate::{
    context::NodeParts,
    error::OperationError,
    nearest::{nearest, path_distance},
    registry::OWN_PATHS,
};

/// The paths of a request that are shown back at most.
const SHOWN_PATH_CHARS_MAX: usize = 200;

/// A service for the fallback of a whole program: the problem `not_found`, naming near misses.
pub fn not_found_service(node: Arc<NodeParts>) -> NotFound {
    NotFound::new(Arc::new(Surface::new(node)))
}

/// Answers every request with the problem `not_found`.
#[derive(Clone)]
pub struct NotFound {
    surface: Arc<Surface>,
    routes: Arc<[Route]>,
}

/// A path with its methods.
struct Route {
    template: &'static str,
    methods: Vec<&'static str>,
}

impl NotFound {
    pub(super) fn new(surface: Arc<Surface>) -> Self {
        let mut routes: Vec<Route> = templates(surface.registry().operations())
            .into_iter()
            .map(|(template, operations)| {
                let mut methods: Vec<_> =
                    operations.into_iter().map(|spec| spec.method.as_str()).collect();
                // Operations of several versions can share a route; their order is by name.
                let mut known = BTreeSet::new();
                methods.retain(|method| known.insert(*method));
                Route { template, methods }
            })
            .collect();
        routes.extend(OWN_PATHS.map(|template| Route { template, methods: vec!["GET"] }));
        Self { surface, routes: routes.into() }
    }

    fn error(&self, method: &Method, path: &str) -> OperationError {
        let shown: String = path.chars().take(SHOWN_PATH_CHARS_MAX).collect();
        let error = OperationError::not_found(format!("there is no route `{method} {shown}`"));
        let near: Vec<String> = self.near(method, path).into_iter().map(Route::shown).collect();
        match near.split_last() {
            None => error.suggest("`/openapi.json` and `/docs` list all routes"),
            Some((last, [])) => error.suggest(format!("did you mean {last}?")),
            Some((last, others)) => {
                error.suggest(format!("did you mean {} or {last}?", others.join(", ")))
            }
        }
    }

    /// Among paths that are equally near, those with the method of the request come first.
    fn near(&self, method: &Method, path: &str) -> Vec<&Route> {
        nearest(self.routes.iter(), |route| {
            let lacks_method = !route.methods.contains(&method.as_str());
            Some(path_distance(path, route.template)? * 2 + usize::from(lacks_method))
        })
    }
}

impl Route {
    fn shown(&self) -> String {
        format!("`{} {}`", self.methods.join("|"), self.template)
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
