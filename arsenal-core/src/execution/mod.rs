//! Runs an operation on this node, within its limits: a panic is the error of this call alone, a
//! deadline ends it, a repeated request with a key does not run again.

mod admission;
mod begin;
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
    task::{Context, Poll, ready},
};

use futures_util::future::BoxFuture;
use tokio::time::{Instant, Sleep, sleep_until};

use admission::{Permit, enter};
use begin::{begin, behind_hooks};
pub(crate) use guard::guarded;
pub(crate) use idempotency::Memory;
use idempotency::run_once;
pub(crate) use states::{OperationState, OperationStates, StateIndex};
pub(crate) use stream::{StreamPermit, StreamPermits};

use crate::{
    answer::Reply,
    arguments::Arguments,
    context::{NodeContext, NodeParts},
    error::{Code, Failure, OperationError},
    membership::CallError,
    name::NodeName,
    spec::{Answers, OperationSpec},
    telemetry::Run,
};

/// Decodes (before it returns) and runs (in the future). At the deadline the function is dropped at
/// its next `.await`; a stream that it has given by then goes on.
pub fn execute(
    spec: &'static OperationSpec,
    mut context: NodeContext,
    arguments: Arguments<'_>,
) -> Execution {
    match context.invocation.idempotency_key.take() {
        Some(key) => run_once(spec, context, arguments, key),
        None => start(spec, context, arguments),
    }
}

/// A run of its own.
fn start(
    spec: &'static OperationSpec,
    mut context: NodeContext,
    arguments: Arguments<'_>,
) -> Execution {
    let run = Run::execution(spec, &mut context, &arguments);
    let deadline = context.invocation.deadline;
    let (permit, begun) = match enter(spec, run.node()) {
        // Decoding runs code of the user's types, so it is guarded like the function itself.
        Ok(permit) => run.in_span(|| match spec.answers {
            Answers::Once => {
                (permit, guarded(run.node(), spec, || begin(spec, run.state(), context, arguments)))
            }
            Answers::Stream { .. } => {
                let start = || stream::start(spec, &run, context, arguments, permit);
                (None, guarded(run.node(), spec, start))
            }
        }),
        Err(refused) => (None, Err(refused)),
    };
    let running = Running::new(spec, deadline, permit, begun);
    Execution { watched: Watched::Run(run), running }
}

/// What another run answers, behind the hooks of this request.
fn replay(
    spec: &'static OperationSpec,
    mut context: NodeContext,
    arguments: Arguments<'_>,
    answer: BoxFuture<'static, Result<Reply, OperationError>>,
) -> Execution {
    let run = Run::replay(spec, &mut context, &arguments);
    let deadline = context.invocation.deadline;
    let begun = run.in_span(|| behind_hooks(spec, run.state(), context, answer));
    Execution { watched: Watched::Run(run), running: Running::new(spec, deadline, None, Ok(begun)) }
}

/// An operation that runs on this node.
pub struct Execution {
    watched: Watched,
    running: Running,
}

impl Future for Execution {
    type Output = Result<Reply, OperationError>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let Self { watched, running } = &mut *self;
        match watched {
            Watched::Remembered(node) => running.poll(node, cx),
            Watched::Run(run) => {
                let outcome = ready!(run.in_span(|| running.poll(run.node(), cx)));
                run.end(&outcome);
                Poll::Ready(outcome)
            }
        }
    }
}

impl Drop for Execution {
    fn drop(&mut self) {
        if self.running.has_ended {
            return;
        }
        match &self.watched {
            Watched::Remembered(node) => self.running.release(node),
            Watched::Run(run) => run.in_span(|| self.running.release(run.node())),
        }
    }
}

/// Who waits for the outcome.
enum Watched {
    /// A run or a replay, which is counted and has its span.
    Run(Run),
    /// The first request with a key: its run is bound to nobody who waits.
    Remembered(Arc<NodeParts>),
}

/// The operation with its deadline.
struct Running {
    spec: &'static OperationSpec,
    deadline: Instant,
    /// Made when the function first waits: most answers are there at once.
    timer: Option<Pin<Box<Sleep>>>,
    /// Held while the function runs.
    permit: Option<Permit>,
    begun: Begun,
    has_ended: bool,
}

/// The operation, or why it was refused.
type Begun = Result<BoxFuture<'static, Result<Reply, OperationError>>, OperationError>;

impl Running {
    fn new(
        spec: &'static OperationSpec,
        deadline: Instant,
        permit: Option<Permit>,
        begun: Begun,
    ) -> Self {
        let has_ended = begun.is_err();
        Self { spec, deadline, timer: None, permit, begun, has_ended }
    }

    fn poll(
        &mut self,
        node: &NodeParts,
        cx: &mut Context<'_>,
    ) -> Poll<Result<Reply, OperationError>> {
        let future = match &mut self.begun {
            Ok(future) => future,
            Err(error) => return Poll::Ready(Err(std::mem::replace(error, ended(self.spec)))),
        };
        // What the function waited for may have come at once with the deadline, or long after it, where
        // the whole process did not run. Then nobody waits for its effect any more.
        if self.timer.is_some() && Instant::now() >= self.deadline {
            self.release(node);
            return Poll::Ready(Err(timed_out(node.name.clone())));
        }
        match guarded(node, self.spec, || Ok(future.as_mut().poll(cx))) {
            Ok(Poll::Pending) => {}
            Ok(Poll::Ready(outcome)) => {
                self.end();
                return Poll::Ready(outcome);
            }
            Err(panicked) => {
                self.end();
                return Poll::Ready(Err(panicked.after_run()));
            }
        }
        let deadline = self.deadline;
        let timer = self.timer.get_or_insert_with(|| Box::pin(sleep_until(deadline)));
        if timer.as_mut().poll(cx).is_pending() {
            return Poll::Pending;
        }
        self.release(node);
        Poll::Ready(Err(timed_out(node.name.clone())))
    }

    /// Nothing of the user's is left in the future, which is dropped with the rest.
    fn end(&mut self) {
        self.has_ended = true;
        self.permit = None;
    }

    /// Drops the function where it waits, which runs code of the user's, too.
    #[cold]
    fn release(&mut self, node: &NodeParts) {
        let begun = std::mem::replace(&mut self.begun, Err(ended(self.spec)));
        let dropped = guarded(node, self.spec, || {
            drop(begun);
            Ok(())
        });
        if let Err(error) = dropped {
            tracing::error!(operation = self.spec.name, ?error, "a function could not be dropped");
        }
        self.end();
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
        .after_run()
}
