//! Operations that fail in the ways a cluster has to live with.

use std::future::pending;

use arsenal_core::prelude::*;

/// Panics.
#[operation(post, "/api/v1/test/panic", partition = any)]
#[expect(clippy::panic, reason = "to panic is what it is for")]
pub(crate) async fn panic() -> Result<String, OperationError> {
    panic!("a secret of the program")
}

/// Panics on one node, and answers on the others.
#[operation(get, "/api/v1/test/panic-on", target = all_nodes)]
pub(crate) async fn panic_on(
    context: NodeContext,
    /// The node to panic on.
    unlucky: NodeName,
) -> Result<String, OperationError> {
    assert!(*context.node() != unlucky, "a secret of the program");
    Ok(String::from("fine"))
}

/// Never answers.
#[operation(get, "/api/v1/test/hang", timeout = "500ms")]
pub(crate) async fn hang() -> Result<String, OperationError> {
    pending().await
}

/// Never answers, on any node.
#[operation(get, "/api/v1/test/hang-everywhere", target = all_nodes, timeout = "500ms")]
pub(crate) async fn hang_everywhere() -> Result<String, OperationError> {
    pending().await
}

/// Does not answer on one node.
#[operation(get, "/api/v1/test/hang-on", target = all_nodes, timeout = "500ms")]
pub(crate) async fn hang_on(
    context: NodeContext,
    /// The node to hang on.
    unlucky: NodeName,
) -> Result<String, OperationError> {
    if *context.node() == unlucky { pending().await } else { Ok(String::from("fine")) }
}
