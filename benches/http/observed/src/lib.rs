//! What a careful author puts around hand-written axum handlers: an id and a span per request, and
//! per route the counters that Arsenal keeps per operation.

use std::{
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicI64, AtomicU64, Ordering::Relaxed},
    },
    task::{Context, Poll, ready},
    time::{Duration, Instant},
};

use axum::Router;
use http::{Request, Response, StatusCode};
use pin_project_lite::pin_project;
use tower::ServiceBuilder;
use tower_http::{
    request_id::{MakeRequestUuid, PropagateRequestIdLayer, RequestId, SetRequestIdLayer},
    trace::TraceLayer,
};
use tower_layer::Layer;
use tower_service::Service;

/// The layers of tower-http: a request has an id, which its span and its answer say, and the span is
/// of the level that the program logs.
pub fn traced(routes: Router) -> Router {
    let span = |request: &Request<axum::body::Body>| {
        let id = request.extensions().get::<RequestId>();
        let id = id.and_then(|id| id.header_value().to_str().ok()).unwrap_or_default();
        tracing::info_span!("request", method = %request.method(), uri = %request.uri(), id = %id)
    };
    let layers = ServiceBuilder::new()
        .layer(SetRequestIdLayer::x_request_id(MakeRequestUuid))
        .layer(TraceLayer::new_for_http().make_span_with(span))
        .layer(PropagateRequestIdLayer::x_request_id());
    routes.layer(layers)
}

/// Upper ends of the classes of duration, in microseconds; one more class is open.
const BUCKETS: [u64; 11] =
    [100, 250, 500, 1_000, 2_500, 5_000, 10_000, 50_000, 100_000, 1_000_000, 5_000_000];

/// What is counted of one route.
#[derive(Debug, Default)]
struct Counts {
    in_flight: AtomicI64,
    ok: AtomicU64,
    refused: AtomicU64,
    failed: AtomicU64,
    microseconds: AtomicU64,
    buckets: [AtomicU64; BUCKETS.len() + 1],
}

impl Counts {
    fn ended(&self, status: StatusCode, took: Duration) {
        let outcome = match status.as_u16() {
            ..400 => &self.ok,
            400..500 => &self.refused,
            500.. => &self.failed,
        };
        outcome.fetch_add(1, Relaxed);
        let micros = took.as_micros() as u64;
        self.microseconds.fetch_add(micros, Relaxed);
        let bucket = BUCKETS.partition_point(|end| *end < micros);
        self.buckets[bucket].fetch_add(1, Relaxed);
    }
}

/// Counts the requests of one route.
#[derive(Clone, Debug, Default)]
pub struct Counted(Arc<Counts>);

impl<S> Layer<S> for Counted {
    type Service = CountedService<S>;

    fn layer(&self, inner: S) -> CountedService<S> {
        CountedService { inner, counts: Arc::clone(&self.0) }
    }
}

/// A route whose requests are counted.
#[derive(Clone, Debug)]
pub struct CountedService<S> {
    inner: S,
    counts: Arc<Counts>,
}

impl<S, B, R> Service<Request<B>> for CountedService<S>
where
    S: Service<Request<B>, Response = Response<R>>,
{
    type Response = Response<R>;
    type Error = S::Error;
    type Future = CountedFuture<S::Future>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        self.counts.in_flight.fetch_add(1, Relaxed);
        let running = Running { counts: Arc::clone(&self.counts), start: Instant::now() };
        CountedFuture { inner: self.inner.call(request), running }
    }
}

/// In flight until it is dropped.
struct Running {
    counts: Arc<Counts>,
    start: Instant,
}

impl Drop for Running {
    fn drop(&mut self) {
        self.counts.in_flight.fetch_sub(1, Relaxed);
    }
}

pin_project! {
    /// The answer of a counted route.
    pub struct CountedFuture<F> {
        #[pin]
        inner: F,
        running: Running,
    }
}

impl<F, R, E> Future for CountedFuture<F>
where
    F: Future<Output = Result<Response<R>, E>>,
{
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<F::Output> {
        let this = self.project();
        let answer = ready!(this.inner.poll(context));
        if let Ok(response) = &answer {
            this.running.counts.ended(response.status(), this.running.start.elapsed());
        }
        Poll::Ready(answer)
    }
}
