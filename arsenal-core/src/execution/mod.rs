//! Runs an operation on this node: a panic is the error of this call alone, a deadline ends it.

mod guard;
mod states;
mod stream;

use std::{
    fmt,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};

use futures_util::future::BoxFuture;
use tokio::time::{Instant, Sleep, sleep_until};

pub(crate) use guard::guarded;
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
    context: NodeContext,
    arguments: Arguments<'_>,
) -> Execution {
    let node = Arc::clone(&context.node);
    let deadline = context.invocation.deadline;
    // Decoding runs code of the user's types, so it is guarded like the function itself.
    let running = guarded(spec, || match spec.answers {
        Answers::Once => Ok((spec.call)(context, arguments)),
        Answers::Stream { .. } => stream::start(spec, context, arguments),
    });
    Execution { spec, node, deadline, timer: None, running }
}

/// An operation that runs on this node.
pub struct Execution {
    spec: &'static OperationSpec,
    node: Arc<NodeParts>,
    deadline: Instant,
    /// Made when the function first waits: most answers are there at once.
    timer: Option<Pin<Box<Sleep>>>,
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
            Ok(Poll::Ready(outcome)) => return Poll::Ready(outcome),
            Err(panicked) => return Poll::Ready(Err(panicked)),
        }
        let deadline = this.deadline;
        let timer = this.timer.get_or_insert_with(|| Box::pin(sleep_until(deadline)));
        if timer.as_mut().poll(cx).is_pending() {
            return Poll::Pending;
        }
        this.running = Err(ended(this.spec));
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
}
