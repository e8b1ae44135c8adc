//! Runs an operation on this node: a panic is the error of this call alone, a deadline ends it.

use std::{
    any::Any,
    future::poll_fn,
    panic::{AssertUnwindSafe, catch_unwind},
    task::Poll,
};

use futures_util::future::BoxFuture;

use crate::{
    answer::Reply,
    arguments::Arguments,
    context::NodeContext,
    error::{Code, Failure, OperationError},
    membership::CallError,
    name::NodeName,
    spec::OperationSpec,
};

/// Decodes (before it returns) and runs (in the future). At the deadline the function is dropped at
/// its next `.await`.
pub fn execute(
    spec: &'static OperationSpec,
    context: NodeContext,
    arguments: Arguments<'_>,
) -> BoxFuture<'static, Result<Reply, OperationError>> {
    let deadline = context.invocation.deadline;
    let node = context.node().clone();
    // Decoding runs code of the user's types, so it is guarded like the function itself.
    let mut running = match guarded(spec, || Ok((spec.call)(context, arguments))) {
        Ok(running) => running,
        Err(error) => return Box::pin(std::future::ready(Err(error))),
    };
    let caught = poll_fn(move |cx| {
        guarded(spec, || Ok(running.as_mut().poll(cx)))
            .unwrap_or_else(|error| Poll::Ready(Err(error)))
    });
    Box::pin(async move {
        match tokio::time::timeout_at(deadline, caught).await {
            Ok(outcome) => outcome,
            Err(_elapsed) => Err(timed_out(node)),
        }
    })
}

/// Runs code of the user's: its panic is the `internal` of this call alone.
pub(crate) fn guarded<T>(
    spec: &OperationSpec,
    run: impl FnOnce() -> Result<T, OperationError>,
) -> Result<T, OperationError> {
    catch_unwind(AssertUnwindSafe(run)).unwrap_or_else(|panic| Err(panicked(spec, &*panic)))
}

#[cold]
fn panicked(spec: &OperationSpec, panic: &(dyn Any + Send)) -> OperationError {
    let text = panic
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| panic.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("a value that is no text");
    OperationError::new(Code::Internal, format!("`{}` panicked", spec.name))
        .because(format!("panicked: {text}"))
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
