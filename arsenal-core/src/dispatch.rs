//! The whole plan of an invocation: authorize → check → target → fan out → gather.

use futures_util::future::BoxFuture;

use crate::{
    answer::Reply, arguments::Arguments, context::NodeContext, error::OperationError,
    spec::OperationSpec,
};

/// An answer with what the surface says about it.
#[derive(Debug)]
pub struct Answered {
    /// The encoded answer.
    pub reply: Reply,
    /// Whether a node that was asked gave no answer.
    pub is_partial: bool,
    /// Whether this node is cut off from the majority, so that the answer may be old.
    pub is_stale: bool,
}

/// Runs an operation on the nodes that it addresses. All checks are done before this returns;
/// the future owns what it needs.
pub fn dispatch(
    spec: &'static OperationSpec,
    context: NodeContext,
    arguments: Arguments<'_>,
) -> BoxFuture<'static, Result<Answered, OperationError>> {
    let running = (spec.call)(context, arguments);
    Box::pin(
        async move { Ok(Answered { reply: running.await?, is_partial: false, is_stale: false }) },
    )
}
