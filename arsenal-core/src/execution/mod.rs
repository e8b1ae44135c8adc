//! Runs an operation on this node: a panic is the error of this call alone, a deadline ends it.

mod begin;
mod guard;
mod states;

use std::{
    fmt,
    pin::Pin,
    task::{Context, Poll, ready},
};

use futures_util::future::BoxFuture;
use tokio::time::{Instant, Sleep, sleep_until};

use begin::begin;
pub(crate) use guard::guarded;
pub(crate) use states::OperationStates;

use crate::{
    answer::Reply,
    arguments::Arguments,
    context::{NodeContext, NodeParts},
    error::{Code, Failure, OperationError},
    membership::CallError,
    name::NodeName,
    spec::OperationSpec,
    telemetry::Run,
};

/// Decodes (before it returns) and runs (in the future). At the deadline the function is dropped at
/// its next `.await`.
pub fn execute(
    spec: &'static OperationSpec,
    mut context: NodeContext,
    arguments: Arguments<'_>,
) -> Execution {
    let run = Run::execution(spec, &mut context, &arguments);
    let deadline = context.invocation.deadline;
    // Decoding runs code of the user's types, so it is guarded like the function itself.
    let begun = run.in_span(|| guarded(run.node(), spec, || begin(spec, context, arguments)));
    Execution { run, running: Running { spec, deadline, timer: None, begun } }
}

/// An operation that runs on this node.
pub struct Execution {
    run: Run,
    running: Running,
}

impl Future for Execution {
    type Output = Result<Reply, OperationError>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let Self { run, running } = &mut *self;
        let outcome = ready!(run.in_span(|| running.poll(run.node(), cx)));
        run.end(&outcome);
        Poll::Ready(outcome)
    }
}

/// The operation with its deadline.
struct Running {
    spec: &'static OperationSpec,
    deadline: Instant,
    /// Made when the function first waits: most answers are there at once.
    timer: Option<Pin<Box<Sleep>>>,
    begun: Result<BoxFuture<'static, Result<Reply, OperationError>>, OperationError>,
}

impl Running {
    fn poll(
        &mut self,
        node: &NodeParts,
        cx: &mut Context<'_>,
    ) -> Poll<Result<Reply, OperationError>> {
        let future = match &mut self.begun {
            Ok(future) => future,
            Err(error) => return Poll::Ready(Err(std::mem::replace(error, ended(self.spec)))),
        };
        match guarded(node, self.spec, || Ok(future.as_mut().poll(cx))) {
            Ok(Poll::Pending) => {}
            Ok(Poll::Ready(outcome)) => return Poll::Ready(outcome),
            Err(panicked) => return Poll::Ready(Err(panicked)),
        }
        let deadline = self.deadline;
        let timer = self.timer.get_or_insert_with(|| Box::pin(sleep_until(deadline)));
        if timer.as_mut().poll(cx).is_pending() {
            return Poll::Pending;
        }
        self.begun = Err(ended(self.spec));
        Poll::Ready(Err(timed_out(node.name.clone())))
    }
}

impl fmt::Debug for Execution {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Execution")
            .field("spec", &self.running.spec.name)
            .finish_non_exhaustive()
    }
}

/// What a future gives that is polled after its end.
#[cold]
fn ended(spec: &OperationSpec) -> OperationError {
    OperationError::internal().because(format!("`{}` has ended", spec.name))
}

#[cold]
fn timed_out(node: NodeName) -> OperationError {
    let failure = Failure {
        detail: format!("the operation was still running on node `{node}` at the deadline"),
        ..Failure::of_call(node, CallError::TimedOut)
    };
    OperationError::new(Code::DistributedTimeout, failure.detail.clone())
        .with_failures(vec![failure])
}
