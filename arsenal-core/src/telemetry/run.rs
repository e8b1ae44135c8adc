//! One invocation as telemetry sees it: its span, its time, its place among the counters.

use std::{sync::Arc, time::Duration};

use tokio::time::Instant;

use super::{
    change::Change,
    log,
    span::{InvocationSpan, SpanKind},
    tally::Ending,
};
use crate::{
    arguments::Arguments,
    context::{NodeContext, NodeParts},
    error::OperationError,
    execution::{OperationState, StateIndex, guarded},
    hooks::{OperationHooks, Outcome},
    request_id::RequestId,
    spec::OperationSpec,
};

/// An invocation that is under way. Dropped before its end it counts as cancelled.
pub(crate) struct Run {
    kind: SpanKind,
    spec: &'static OperationSpec,
    node: Arc<NodeParts>,
    /// `None` for an operation that the node does not have.
    state: Option<StateIndex>,
    request_id: RequestId,
    started: Instant,
    span: InvocationSpan,
    /// Where a request came in that may change something.
    change: Option<Box<Change>>,
    /// For the hooks that come after, where there are any.
    observed: Option<Box<NodeContext>>,
    has_ended: bool,
}

impl Run {
    /// Of an operation that is about to run on this node. The context becomes that of the new span.
    pub(crate) fn execution(
        spec: &'static OperationSpec,
        context: &mut NodeContext,
        arguments: &Arguments<'_>,
    ) -> Self {
        let mut run = Self::new(SpanKind::Execution, spec, context, arguments);
        if let Some(state) = run.state() {
            state.metrics.began();
            if state.hooks.has_after() {
                run.observed = Some(Box::new(context.clone()));
            }
        }
        run
    }

    /// Of a request that gets what another run answers. The context becomes that of the new span.
    pub(crate) fn replay(
        spec: &'static OperationSpec,
        context: &mut NodeContext,
        arguments: &Arguments<'_>,
    ) -> Self {
        Self::new(SpanKind::Replay, spec, context, arguments)
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
        let came_in = parent.is_from_outside() && !context.invocation.is_from_peer;
        let change = if came_in { Change::of(spec, context, arguments) } else { None };
        context.invocation.trace = parent.child();
        Self {
            change,
            kind,
            spec,
            span: InvocationSpan::new(kind, spec, context, parent, arguments),
            node: Arc::clone(&context.node),
            state: context.node.operations.index(spec),
            request_id: context.invocation.request_id.clone(),
            started: Instant::now(),
            observed: None,
            has_ended: false,
        }
    }

    pub(crate) fn node(&self) -> &Arc<NodeParts> {
        &self.node
    }

    /// What the node keeps of the operation.
    pub(crate) fn state(&self) -> Option<&OperationState> {
        self.node.operations.at(self.state?)
    }

    /// Does some of its work inside of its span.
    pub(crate) fn in_span<T>(&self, work: impl FnOnce() -> T) -> T {
        self.span.span.in_scope(work)
    }

    /// What stays of it for the stream that it gives.
    pub(crate) fn of_stream(&self) -> StreamRun {
        let (node, request_id) = (Arc::clone(&self.node), self.request_id.clone());
        StreamRun { spec: self.spec, node, request_id, span: self.span.clone() }
    }

    /// Takes down how it ended.
    pub(crate) fn end<T>(&mut self, outcome: &Result<T, OperationError>) {
        match outcome {
            Ok(_) => self.finish(Outcome::Answered),
            Err(error) => self.fail(error),
        }
    }

    #[cold]
    fn fail(&mut self, error: &OperationError) {
        self.record_error(error.code().as_str());
        self.in_span(|| {
            let unnamed =
                self.span.span.is_disabled().then_some((self.spec.name, &self.request_id));
            match self.kind {
                SpanKind::Execution => log::failed(unnamed, error),
                SpanKind::Replay | SpanKind::Dispatch => log::not_served(unnamed, error),
            }
        });
        self.finish(Outcome::Failed(error));
    }

    fn record_error(&mut self, code: &str) {
        self.span.record_error(self.spec, self.node.name.as_str(), code);
    }

    fn finish(&mut self, outcome: Outcome<'_>) {
        self.has_ended = true;
        let elapsed = self.started.elapsed();
        let observed = self.observed.take();
        let ending = Ending::from(outcome);
        // Limits, arguments, hooks: counted as what is refused before there is a run, see `refused`.
        let is_refused = matches!(outcome, Outcome::Failed(error) if !error.has_run());
        // What is sent to other nodes may have run on some of them.
        if let Some(change) = self.change.take()
            && (self.kind == SpanKind::Dispatch || !is_refused)
        {
            self.in_span(|| change.tell(self.spec, &ending));
        }
        let Some(state) = self.state() else { return };
        match self.kind {
            SpanKind::Execution if is_refused => state.metrics.turned_away(ending),
            SpanKind::Execution => state.metrics.ended(ending, elapsed),
            SpanKind::Replay if is_refused => state.metrics.refused(ending),
            SpanKind::Replay => state.metrics.replayed(ending),
            SpanKind::Dispatch => state.metrics.dispatched(ending, elapsed),
        }
        if let Some(context) = observed
            && !is_refused
        {
            self.in_span(|| self.run_after(&state.hooks, &context, outcome, elapsed));
        }
    }

    /// A hook that panics keeps neither the answer nor the hooks behind it from coming.
    fn run_after(
        &self,
        hooks: &OperationHooks,
        context: &NodeContext,
        outcome: Outcome<'_>,
        elapsed: Duration,
    ) {
        for hook in hooks.after() {
            let run = || {
                hook(self.spec, context, outcome, elapsed);
                Ok(())
            };
            if let Err(panicked) = guarded(&self.node, self.spec, run) {
                let unnamed =
                    self.span.span.is_disabled().then_some((self.spec.name, &self.request_id));
                log::failed(unnamed, &panicked);
            }
        }
    }
}

impl Drop for Run {
    fn drop(&mut self) {
        if !self.has_ended {
            self.record_error(Ending::Cancelled.label());
            self.finish(Outcome::Cancelled);
        }
    }
}

/// A stream that runs on this node, which goes on after its invocation was counted.
pub(crate) struct StreamRun {
    spec: &'static OperationSpec,
    node: Arc<NodeParts>,
    request_id: RequestId,
    span: InvocationSpan,
}

impl StreamRun {
    /// Runs code of the stream's inside of the span of its invocation; a panic in it is an error.
    pub(crate) fn guarded<T>(&self, work: impl FnOnce() -> T) -> Result<T, OperationError> {
        self.span.span.in_scope(|| guarded(&self.node, self.spec, || Ok(work())))
    }

    /// Logs the error that it ends with, which is not counted.
    #[cold]
    pub(crate) fn failed(&mut self, error: &OperationError) {
        self.span.record_error(self.spec, self.node.name.as_str(), error.code().as_str());
        let span = &self.span.span;
        let unnamed = span.is_disabled().then_some((self.spec.name, &self.request_id));
        span.in_scope(|| log::failed(unnamed, error));
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

/// Logs why a stream of another node is lost, which that node cannot know.
#[cold]
pub(crate) fn stream_lost(
    spec: &'static OperationSpec,
    request_id: &RequestId,
    error: &OperationError,
) {
    log::not_served(Some((spec.name, request_id)), error);
}
