//! One invocation as telemetry sees it: its span, its time, its place among the counters.

use std::sync::Arc;

use tokio::time::Instant;
use tracing::Span;

use super::{
    log,
    operation_metrics::OperationMetrics,
    span::{self, SpanKind},
    tally::Ending,
};
use crate::{
    arguments::Arguments,
    context::{NodeContext, NodeParts},
    error::OperationError,
    request_id::RequestId,
    spec::OperationSpec,
};

/// An invocation that is under way. Dropped before its end it counts as cancelled.
pub(crate) struct Run {
    kind: SpanKind,
    spec: &'static OperationSpec,
    node: Arc<NodeParts>,
    request_id: RequestId,
    started: Instant,
    span: Span,
    has_ended: bool,
}

impl Run {
    /// Of an operation that is about to run on this node. The context becomes that of the new span.
    pub(crate) fn execution(
        spec: &'static OperationSpec,
        context: &mut NodeContext,
        arguments: &Arguments<'_>,
    ) -> Self {
        let run = Self::new(SpanKind::Execution, spec, context, arguments);
        if let Some(metrics) = run.metrics() {
            metrics.began();
        }
        run
    }

    /// Of an operation that is about to be sent to other nodes. The context becomes that of the new
    /// span.
    pub(crate) fn dispatch(
        spec: &'static OperationSpec,
        context: &mut NodeContext,
        arguments: &Arguments<'_>,
    ) -> Self {
        Self::new(SpanKind::Dispatch, spec, context, arguments)
    }

    fn new(
        kind: SpanKind,
        spec: &'static OperationSpec,
        context: &mut NodeContext,
        arguments: &Arguments<'_>,
    ) -> Self {
        let parent = context.invocation.trace;
        context.invocation.trace = parent.child();
        Self {
            kind,
            spec,
            span: span::span(kind, spec, context, parent, arguments),
            node: Arc::clone(&context.node),
            request_id: context.invocation.request_id.clone(),
            started: Instant::now(),
            has_ended: false,
        }
    }

    pub(crate) fn node(&self) -> &Arc<NodeParts> {
        &self.node
    }

    /// Does some of its work inside of its span.
    pub(crate) fn in_span<T>(&self, work: impl FnOnce() -> T) -> T {
        self.span.in_scope(work)
    }

    /// Takes down how it ended.
    pub(crate) fn end<T>(&mut self, outcome: &Result<T, OperationError>) {
        match outcome {
            Ok(_) => self.count(Ending::Answered),
            Err(error) => self.fail(error),
        }
    }

    #[cold]
    fn fail(&mut self, error: &OperationError) {
        self.count(Ending::Failed(error.code()));
        span::record_error(&self.span, error.code().as_str());
        self.in_span(|| {
            let unnamed = self.span.is_disabled().then_some((self.spec.name, &self.request_id));
            match self.kind {
                SpanKind::Execution => log::failed(unnamed, error),
                SpanKind::Dispatch => log::not_served(unnamed, error),
            }
        });
    }

    fn count(&mut self, ending: Ending<'_>) {
        self.has_ended = true;
        let duration = self.started.elapsed();
        match (self.kind, self.metrics()) {
            (SpanKind::Execution, Some(metrics)) => metrics.ended(ending, duration),
            (SpanKind::Dispatch, Some(metrics)) => metrics.dispatched(ending, duration),
            (_, None) => {}
        }
    }

    fn metrics(&self) -> Option<&OperationMetrics> {
        self.node.operations.get(self.spec).map(|state| &state.metrics)
    }
}

impl Drop for Run {
    fn drop(&mut self) {
        if !self.has_ended {
            self.count(Ending::Cancelled);
            span::record_error(&self.span, Ending::Cancelled.label());
        }
    }
}

/// Takes down an invocation that is refused before it ran anywhere: counts it with its code, and
/// logs it.
///
/// What [`dispatch`](crate::dispatch::dispatch) and [`execute`](crate::execution::execute) refuse,
/// they take down themselves; this is for what stands before them.
#[cold]
pub fn refused(
    node: &NodeParts,
    spec: &'static OperationSpec,
    request_id: &RequestId,
    error: &OperationError,
) {
    if let Some(state) = node.operations.get(spec) {
        state.metrics.refused(Ending::Failed(error.code()));
    }
    log::not_served(Some((spec.name, request_id)), error);
}
