//! Runs an operation on this node, within its limits: a panic is the error of this call alone, a
//! deadline ends it, a repeated request with a key does not run again.

mod admission;
mod guard;
mod idempotency;
mod rate;
mod states;
mod stream;
#[cfg(test)]
mod tests;

use std::{
    fmt,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};

use futures_util::future::BoxFuture;
use tokio::time::{Instant, Sleep, sleep_until};

use admission::{Place, enter};
pub(crate) use guard::guarded;
pub(crate) use idempotency::Memory;
use idempotency::run_once;
pub(crate) use states::OperationStates;
pub(crate) use stream::{StreamPlace, StreamPlaces};

use crate::{
    answer::Reply,
    arguments::Arguments,
    context::{NodeContext, NodeParts},
    error::{Code, Failure, OperationError},
    membership::CallError,
    name::NodeName,
    spec::{Answers, OperationSpec},
};

/// Decodes (before it returns) and runs (in the future). At the deadline the function is dropped at
/// its next `.await`; a stream that it has given by then goes on.
pub fn execute(
    spec: &'static OperationSpec,
    mut context: NodeContext,
    arguments: Arguments<'_>,
) -> Execution {
    let Some(key) = context.invocation.idempotency_key.take() else {
        return start(spec, context, arguments);
    };
    let node = Arc::clone(&context.node);
    let deadline = context.invocation.deadline;
    let running = run_once(spec, context, arguments, key);
    Execution { spec, node, deadline, timer: None, place: None, running }
}

/// A run of its own.
fn start(
    spec: &'static OperationSpec,
    context: NodeContext,
    arguments: Arguments<'_>,
) -> Execution {
    let node = Arc::clone(&context.node);
    let deadline = context.invocation.deadline;
    let (place, running) = match enter(spec, &node) {
        // Decoding runs code of the user's types, so it is guarded like the function itself.
        Ok(place) => match spec.answers {
            Answers::Once => (place, guarded(spec, || Ok((spec.call)(context, arguments)))),
            Answers::Stream { .. } => {
                (None, guarded(spec, || stream::start(spec, context, arguments, place)))
            }
        },
        Err(refused) => (None, Err(refused)),
    };
    Execution { spec, node, deadline, timer: None, place, running }
}

/// An operation that runs on this node.
pub struct Execution {
    spec: &'static OperationSpec,
    node: Arc<NodeParts>,
    deadline: Instant,
    /// Made when the function first waits: most answers are there at once.
    timer: Option<Pin<Box<Sleep>>>,
    /// Held while the function runs.
    place: Option<Place>,
    running: Result<BoxFuture<'static, Result<Reply, OperationError>>, OperationError>,
}

impl Future for Execution {
    type Output = Result<Reply, OperationError>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = &mut *self;
        let running = match &mut this.running {
            Ok(running) => running,
            Err(error) => return Poll::Ready(Err(std::mem::replace(error, ended(this.spec)))),
        };
        match guarded(this.spec, || Ok(running.as_mut().poll(cx))) {
            Ok(Poll::Pending) => {}
            Ok(Poll::Ready(outcome)) => {
                this.place = None;
                return Poll::Ready(outcome);
            }
            Err(panicked) => {
                this.place = None;
                return Poll::Ready(Err(panicked.after_run()));
            }
        }
        let deadline = this.deadline;
        let timer = this.timer.get_or_insert_with(|| Box::pin(sleep_until(deadline)));
        if timer.as_mut().poll(cx).is_pending() {
            return Poll::Pending;
        }
        this.running = Err(ended(this.spec));
        this.place = None;
        Poll::Ready(Err(timed_out(this.node.name.clone())))
    }
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
        .after_run()
}
