//! The least: no arguments, one node.

/// Says that it lives.
#[operation(get, "/api/v1/alive", tag = "node")]
pub async fn inspect_node() -> Result<Alive, OperationError> {
    Ok(Alive)
}
