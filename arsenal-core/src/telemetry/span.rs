//! The `tracing` span of an invocation, named by OpenTelemetry's conventions where there are any.
//!
//! A subscriber formats what a span has at its creation, for every request. So that is what a reader
//! needs to find it: operation, request, trace. The rest is recorded where somebody looks closely.

use tracing::{Level, Span, field::Empty};

use super::TraceContext;
use crate::{arguments::Arguments, context::NodeContext, spec::OperationSpec};

/// What a span stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum SpanKind {
    /// The operation runs here.
    Execution,
    /// It ran here before, for a request with the same key.
    Replay,
    /// It runs on other nodes, too or only.
    Dispatch,
}

/// The span of one invocation.
#[derive(Clone)]
pub(super) struct InvocationSpan {
    pub(super) span: Span,
    /// What it does not say yet.
    untold: Option<Details>,
}

/// What can be told of a span later, beside what its invocation knows anyhow.
#[derive(Clone, Copy)]
struct Details {
    otel_kind: &'static str,
    is_http: bool,
}

const TARGET: &str = "arsenal::operation";

impl InvocationSpan {
    /// Stands under `parent` in its trace. Without a subscriber that wants it, this is a look at one
    /// flag: none of the values is made then.
    pub(super) fn new(
        kind: SpanKind,
        spec: &'static OperationSpec,
        context: &NodeContext,
        parent: TraceContext,
        arguments: &Arguments<'_>,
    ) -> Self {
        // As `Display`: text that is recorded as such is searched for what to escape.
        let span = tracing::info_span!(
            target: TARGET,
            "operation",
            otel.name = %spec.name,
            arsenal.request_id = %context.request_id(),
            traceparent = %context.trace(),
            parent_span_id = parent.span_id().map(tracing::field::display),
            otel.kind = Empty,
            otel.status_code = Empty,
            rpc.system = Empty,
            rpc.method = Empty,
            http.request.method = Empty,
            http.route = Empty,
            arsenal.node = Empty,
            "error.type" = Empty,
        );
        let is_first = parent.is_from_outside();
        let is_http = is_first && matches!(arguments, Arguments::Http { .. });
        let is_http = is_http && !context.invocation.is_from_peer;
        let untold = Some(Details { otel_kind: otel_kind(kind, is_first), is_http });
        let mut new = Self { span, untold };
        if tracing::enabled!(target: TARGET, Level::DEBUG) {
            new.tell(spec, context.node().as_str());
        }
        new
    }

    /// Writes down how it ended, and all that was left out so far.
    pub(super) fn record_error(&mut self, spec: &OperationSpec, node: &str, code: &str) {
        self.span.record("otel.status_code", "ERROR");
        self.span.record("error.type", code);
        self.tell(spec, node);
    }

    #[cold]
    fn tell(&mut self, spec: &OperationSpec, node: &str) {
        let Some(Details { otel_kind, is_http }) = self.untold.take() else { return };
        self.span.record("otel.kind", otel_kind);
        self.span.record("rpc.system", "arsenal");
        self.span.record("rpc.method", spec.name);
        self.span.record("arsenal.node", node);
        if is_http {
            self.span.record("http.request.method", spec.method.as_str());
            self.span.record("http.route", spec.path);
        }
    }
}

const fn otel_kind(kind: SpanKind, is_first: bool) -> &'static str {
    match (is_first, kind) {
        (true, _) => "server",
        (false, SpanKind::Execution | SpanKind::Replay) => "internal",
        (false, SpanKind::Dispatch) => "client",
    }
}
