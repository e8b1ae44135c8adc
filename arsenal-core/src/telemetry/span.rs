//! The `tracing` span of an invocation, named by OpenTelemetry's conventions where there are any.

use tracing::{Span, field::Empty};

use super::TraceContext;
use crate::{arguments::Arguments, context::NodeContext, spec::OperationSpec};

/// What a span stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum SpanKind {
    /// The operation runs here.
    Execution,
    /// It runs on other nodes, too or only.
    Dispatch,
}

/// The span of an invocation that stands under `parent` in its trace. Without a subscriber that
/// wants it, this is a look at one flag: none of the values is made then.
pub(super) fn span(
    kind: SpanKind,
    spec: &'static OperationSpec,
    context: &NodeContext,
    parent: TraceContext,
    arguments: &Arguments<'_>,
) -> Span {
    let trace = context.invocation.trace;
    let is_http = matches!(arguments, Arguments::Http { .. }) && !context.invocation.is_from_peer;
    let is_http = is_http && parent.is_from_outside();
    tracing::info_span!(
        target: "arsenal::operation",
        "operation",
        otel.name = spec.name,
        otel.kind = otel_kind(kind, parent),
        otel.status_code = Empty,
        rpc.system = "arsenal",
        rpc.method = spec.name,
        http.request.method = is_http.then_some(spec.method.as_str()),
        http.route = is_http.then_some(spec.path),
        trace_id = %trace.trace_id(),
        span_id = trace.span_id().map(tracing::field::display),
        parent_span_id = parent.span_id().map(tracing::field::display),
        arsenal.node = context.node().as_str(),
        arsenal.request_id = context.request_id().as_str(),
        "error.type" = Empty,
    )
}

/// Writes down how it ended.
pub(super) fn record_error(span: &Span, code: &str) {
    span.record("otel.status_code", "ERROR");
    span.record("error.type", code);
}

fn otel_kind(kind: SpanKind, parent: TraceContext) -> &'static str {
    match (parent.is_from_outside(), kind) {
        (true, _) => "server",
        (false, SpanKind::Execution) => "internal",
        (false, SpanKind::Dispatch) => "client",
    }
}
