//! The start of an operation: its hooks, then itself.

use std::{future::poll_fn, pin::pin, sync::Arc, task::Poll};

use futures_util::future::BoxFuture;

use super::{guard::guarded, states::OperationState};
use crate::{
    answer::Reply,
    arguments::Arguments,
    context::{NodeContext, NodeParts},
    error::OperationError,
    spec::OperationSpec,
};

/// Decodes, before it returns; the future runs the hooks that stand before the operation, and the
/// operation if they let it. Without such hooks the future is that of the operation.
pub(super) fn begin(
    spec: &'static OperationSpec,
    state: Option<&OperationState>,
    context: NodeContext,
    arguments: Arguments<'_>,
) -> Result<BoxFuture<'static, Result<Reply, OperationError>>, OperationError> {
    if !state.is_some_and(|state| state.hooks.has_before()) {
        return Ok((spec.call)(context, arguments));
    }
    // Hooks see good requests only; those of another node it has checked.
    if !context.invocation.is_from_peer {
        (spec.check)(arguments)?;
    }
    let running = (spec.call)(context.clone(), arguments);
    Ok(behind_hooks(spec, state, context, running))
}

/// Runs the hooks that stand before the operation, and then what they let through.
pub(super) fn behind_hooks(
    spec: &'static OperationSpec,
    state: Option<&OperationState>,
    context: NodeContext,
    answer: BoxFuture<'static, Result<Reply, OperationError>>,
) -> BoxFuture<'static, Result<Reply, OperationError>> {
    let Some(state) = state.filter(|state| state.hooks.has_before()) else { return answer };
    let node = Arc::clone(&context.node);
    let hooks = state.hooks.run_before(spec, context);
    Box::pin(async move {
        let allowed = let_through(spec, &node, hooks).await;
        allowed.map_err(|error| error.refused_by(node.name.clone()))?;
        answer.await
    })
}

/// A panic of a hook is guarded by itself: unlike one of the operation, nothing has run yet.
async fn let_through(
    spec: &'static OperationSpec,
    node: &NodeParts,
    hooks: impl Future<Output = Result<(), OperationError>>,
) -> Result<(), OperationError> {
    let mut hooks = pin!(hooks);
    poll_fn(|cx| {
        guarded(node, spec, || Ok(hooks.as_mut().poll(cx)))
            .unwrap_or_else(|panicked| Poll::Ready(Err(panicked)))
    })
    .await
}
