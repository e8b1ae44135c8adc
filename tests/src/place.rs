//! An operation that tells where it ran.

use arsenal_core::prelude::*;

/// Tells on which node it ran.
#[operation(get, "/api/v1/test/place/{node}", target = node(node))]
pub(crate) async fn place(
    context: NodeContext,
    /// Where to run.
    #[expect(unused_variables, reason = "the target has led there")]
    node: NodeName,
) -> Result<NodeName, OperationError> {
    Ok(context.node().clone())
}

/// Tells on which node it ran, unless that node is without the majority.
#[operation(
    post,
    "/api/v1/test/place/{node}",
    target = node(node),
    partition = majority
)]
pub(crate) async fn decide(
    context: NodeContext,
    /// Where to run.
    #[expect(unused_variables, reason = "the target has led there")]
    node: NodeName,
) -> Result<NodeName, OperationError> {
    Ok(context.node().clone())
}
