//! How operations reach the runtime of the node that they run on.

use std::sync::Arc;

use arsenal_core::{context::NodeContext, error::OperationError};

use super::NodeRuntime;

/// Adds the services of this crate to the context of an operation.
pub trait RuntimeExt {
    /// The runtime of the node.
    ///
    /// # Errors
    ///
    /// `internal` where the context is not that of a node, as in a unit test.
    fn runtime(&self) -> Result<&Arc<NodeRuntime>, OperationError>;
}

impl RuntimeExt for NodeContext {
    fn runtime(&self) -> Result<&Arc<NodeRuntime>, OperationError> {
        self.service::<Arc<NodeRuntime>>()
            .ok_or_else(|| OperationError::internal().because("the context has no node runtime"))
    }
}
