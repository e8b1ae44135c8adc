//! An operation that leaves a line in the log.

use arsenal_core::prelude::*;

/// Writes a line into the log of every node.
#[operation(post, "/api/v1/test/note", target = all_nodes, partition = any)]
pub(crate) async fn note(
    /// What to write.
    text: String,
) -> Result<String, OperationError> {
    tracing::info!(text, "noted");
    Ok(text)
}
