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
    let running =
        run.in_span(|| guarded(run.node(), spec, || begin::begin(spec, context, arguments)));
    Execution { spec, run, deadline, timer: None, running }
}

/// An operation that runs on this node.
pub struct Execution {
    spec: &'static OperationSpec,
    run: Run,
    deadline: Instant,
    /// Made when the function first waits: most answers are there at once.
    timer: Option<Pin<Box<Sleep>>>,
    running: Running,
}

impl Future for Execution {
    type Output = Result<Reply, OperationError>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let Self { spec, run, deadline, timer, running } = &mut *self;
        let outcome = ready!(run.in_span(|| poll(spec, run.node(), *deadline, timer, running, cx)));
        run.end(&outcome);
        Poll::Ready(outcome)
    }
}

type Running = Result<BoxFuture<'static, Result<Reply, OperationError>>, OperationError>;

fn poll(
    spec: &'static OperationSpec,
    node: &NodeParts,
    deadline: Instant,
    timer: &mut Option<Pin<Box<Sleep>>>,
    state: &mut Running,
    cx: &mut Context<'_>,
) -> Poll<Result<Reply, OperationError>> {
    let running = match state {
        Ok(running) => running,
        Err(error) => return Poll::Ready(Err(std::mem::replace(error, ended(spec)))),
    };
    match guarded(node, spec, || Ok(running.as_mut().poll(cx))) {
        Ok(Poll::Pending) => {}
        Ok(Poll::Ready(outcome)) => return Poll::Ready(outcome),
        Err(panicked) => return Poll::Ready(Err(panicked)),
    }
    let timer = timer.get_or_insert_with(|| Box::pin(sleep_until(deadline)));
    if timer.as_mut().poll(cx).is_pending() {
        return Poll::Pending;
    }
    *state = Err(ended(spec));
    Poll::Ready(Err(timed_out(node.name.clone())))
}

impl fmt::Debug for Execution {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Execution").field("spec", &self.spec.name).finish_non_exhaustive()
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
