//! One operation as a service: what happens between the request and the dispatch.

use std::{
    convert::Infallible,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};

use axum::{
    body::{Body, HttpBody as _},
    extract::Request,
    response::Response,
};
use bytes::Bytes;
use futures_util::future::BoxFuture;
use http::{HeaderMap, HeaderValue, Uri};
use tokio::time::Instant;
use tower_service::Service;

use super::{
    accept, body,
    control::Controls,
    drain::Refusal,
    respond::{Responder, Surface},
};
use crate::{
    arguments::Arguments,
    authorize::authorize,
    context::{Invocation, NodeContext},
    dispatch::{Answered, Dispatching, dispatch},
    error::{OperationError, ViolationPlace},
    headers,
    principal::Principal,
    spec::{OperationSpec, Versions},
    telemetry::{self, TraceContext},
};

/// An operation under one of its paths.
#[derive(Clone)]
pub(super) struct OperationService {
    surface: Arc<Surface>,
    spec: &'static OperationSpec,
    template: &'static str,
}

impl OperationService {
    pub(super) fn new(
        surface: Arc<Surface>,
        spec: &'static OperationSpec,
        template: &'static str,
    ) -> Self {
        Self { surface, spec, template }
    }

    pub(super) fn versions(&self) -> Versions {
        self.spec.versions
    }
}

impl Service<Request> for OperationService {
    type Response = Response;
    type Error = Infallible;
    type Future = Running;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    /// Without a body nothing is moved and nothing boxed before the operation itself: it matters
    /// at the size of a small request.
    fn call(&mut self, request: Request) -> Running {
        let (spec, template) = (self.spec, self.template);
        let responder = Responder::new(Arc::clone(&self.surface), request.headers());
        let context = match self.context(&responder, &request) {
            Ok(context) => context,
            Err(error) => {
                telemetry::refused(self.surface.node(), spec, responder.request_id(), &error);
                let response = responder.outcome(spec, Err(error));
                return Running::Refused(Refusal::new(request, response));
            }
        };
        if !spec.has_body() && request.body().is_end_stream() {
            let arguments = arguments(template, request.uri(), request.headers(), &[]);
            return Running::Operation {
                future: dispatch(spec, context, arguments),
                spec,
                responder,
            };
        }
        Running::Reading(Box::pin(async move {
            let outcome = read_and_dispatch(spec, template, context, request).await;
            responder.outcome(spec, outcome)
        }))
    }
}

impl OperationService {
    /// What can be said of the invocation before its arguments are looked at. Who may not call is
    /// told so first: nothing of the request's content matters then, and no body is read into memory.
    fn context(
        &self,
        responder: &Responder,
        request: &Request,
    ) -> Result<NodeContext, OperationError> {
        let principal = request.extensions().get::<Principal>();
        let principal = principal.cloned().unwrap_or_else(Principal::nobody);
        authorize(self.spec, &principal)?;
        accept::check(self.spec.answers, request.headers())?;
        let controls = Controls::read(self.spec, self.surface.node().mode, request.headers())?;
        let registry = self.surface.registry();
        registry.admit_version(
            self.spec,
            controls.version,
            ViolationPlace::Header,
            headers::API_VERSION.as_str(),
        )?;
        let deadline = controls.deadline(self.spec, Instant::now());
        let request_id = responder.request_id().clone();
        let invocation = Invocation {
            trace: trace_of(request.headers()),
            is_dry_run: controls.is_dry_run,
            idempotency_key: controls.idempotency_key,
            last_event_id: controls.last_event_id,
            ..Invocation::new(principal, request_id, deadline)
        };
        Ok(NodeContext::new(Arc::clone(self.surface.node()), invocation))
    }
}

async fn read_and_dispatch(
    spec: &'static OperationSpec,
    template: &'static str,
    context: NodeContext,
    request: Request,
) -> Result<Answered, OperationError> {
    let (parts, body) = request.into_parts();
    let bytes = read(spec, &parts.headers, body, context.invocation.deadline).await.inspect_err(
        |error| telemetry::refused(&context.node, spec, context.request_id(), error),
    )?;
    let running = dispatch(spec, context, arguments(template, &parts.uri, &parts.headers, &bytes));
    drop((parts, bytes));
    running.await
}

/// The body that the operation takes; empty where it takes none.
async fn read(
    spec: &OperationSpec,
    headers: &HeaderMap,
    body: Body,
    deadline: Instant,
) -> Result<Bytes, OperationError> {
    let bytes = body::read(headers, body, spec, deadline).await?;
    if spec.has_body() {
        return Ok(bytes);
    }
    body::check_none(&bytes)?;
    Ok(Bytes::new())
}

/// The trace that the client has begun, or a new one. Two are none: nobody knows which is meant.
fn trace_of(headers: &HeaderMap) -> TraceContext {
    let mut given = headers.get_all(headers::TRACE_PARENT).iter();
    let only = given.next().filter(|_| given.next().is_none());
    TraceContext::of_request(only.map(HeaderValue::as_bytes))
}

fn arguments<'a>(
    template: &'a str,
    uri: &'a Uri,
    headers: &'a HeaderMap,
    body: &'a [u8],
) -> Arguments<'a> {
    let query = uri.query().unwrap_or_default();
    Arguments::Http { template, path: uri.path(), query, headers, body }
}

/// A request on its way.
pub(super) enum Running {
    /// It did not come so far.
    Refused(Refusal),
    /// The operation runs.
    Operation { future: Dispatching, spec: &'static OperationSpec, responder: Responder },
    /// Its body is being read, then the operation runs.
    Reading(BoxFuture<'static, Response>),
}

impl Future for Running {
    type Output = Result<Response, Infallible>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        match &mut *self {
            Self::Refused(refusal) => Pin::new(refusal).poll(context),
            Self::Operation { future, spec, responder } => {
                Pin::new(future).poll(context).map(|outcome| Ok(responder.outcome(spec, outcome)))
            }
            Self::Reading(future) => future.as_mut().poll(context).map(Ok),
        }
    }
}
