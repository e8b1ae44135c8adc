//! The start of an operation: its hooks, then itself.

use futures_util::future::BoxFuture;

use super::states::OperationState;
use crate::{
    answer::Reply, arguments::Arguments, context::NodeContext, error::OperationError,
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
    let Some(state) = state.filter(|state| state.hooks.has_before()) else {
        return Ok((spec.call)(context, arguments));
    };
    // Hooks see good requests only; those of another node it has checked.
    if !context.invocation.is_from_peer {
        (spec.check)(arguments)?;
    }
    let hooks = state.hooks.run_before(spec, context.clone());
    let running = (spec.call)(context, arguments);
    Ok(Box::pin(async move {
        hooks.await?;
        running.await
    }))
}
