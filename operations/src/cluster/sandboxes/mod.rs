//! `/api/v1/cluster/sandboxes…`

pub mod create;
pub mod delete;
pub mod inspect;
pub mod list;

use arsenal_cluster::sandbox::SandboxId;
use arsenal_core::prelude::*;

/// The id that a path names; what is no id names no sandbox.
fn parse_id(id: &str) -> Result<SandboxId, OperationError> {
    id.parse().map_err(|_not_an_id| OperationError::not_found(format!("no sandbox `{id}`")))
}
