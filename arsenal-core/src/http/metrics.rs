//! The metrics of a node, for Prometheus and whatever else reads its text.

use std::{
    convert::Infallible,
    future::{Ready, ready},
    sync::Arc,
    task::{Context, Poll},
};

use axum::{
    Router,
    extract::Request,
    response::Response,
    routing::{MethodFilter, MethodRouter},
};
use http::{HeaderValue, StatusCode, header::ACCEPT};
use tower_service::Service;

use super::{
    refused::MethodNotAllowed,
    respond::{Responder, Surface},
};
use crate::{
    context::NodeParts,
    telemetry::{MetricsFormat, metrics},
};

/// Where the metrics are served.
const PATH: &str = "/metrics";

/// Serves `/metrics`: the text format of Prometheus, or `OpenMetrics` to a reader that accepts it.
/// What it says is in [`telemetry`](crate::telemetry).
pub fn metrics_router(node: Arc<NodeParts>) -> Router {
    let surface = Arc::new(Surface::new(node));
    let refused = MethodNotAllowed::of_page(Arc::clone(&surface));
    let methods = MethodRouter::new()
        .fallback_service(refused)
        .on_service(MethodFilter::GET, Metrics { surface });
    Router::new().route(PATH, methods)
}

#[derive(Clone)]
struct Metrics {
    surface: Arc<Surface>,
}

impl Service<Request> for Metrics {
    type Response = Response;
    type Error = Infallible;
    type Future = Ready<Result<Response, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request) -> Self::Future {
        let accept = request.headers().get(ACCEPT).and_then(|value| value.to_str().ok());
        let format = MetricsFormat::accepted(accept.unwrap_or_default());
        let text = metrics(self.surface.node(), format);
        let responder = Responder::new(Arc::clone(&self.surface), request.headers());
        let media_type = HeaderValue::from_static(format.media_type());
        ready(Ok(responder.response(StatusCode::OK.as_u16(), media_type, text.into())))
    }
}
