//! `GET /api/v1/horde/registry`

use arsenal_cluster::{node::RuntimeExt as _, process::ProcessId};
use arsenal_core::prelude::*;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A named process.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct RegisteredName {
    /// The name.
    pub name: String,
    /// The process that has it.
    pub pid: ProcessId,
    /// The node that it runs on.
    pub node: NodeName,
}

/// Lists the names of processes, over all nodes.
#[operation(
    get,
    "/api/v1/horde/registry",
    tag = "registry",
    alias = "/api/v1/registry",
    target = all_nodes(node)
)]
#[expect(clippy::too_many_arguments, reason = "each is a parameter of the request")]
pub async fn list_registry(
    context: NodeContext,
    /// Only this name.
    name: Option<String>,
    /// Only names that start with this.
    #[param(default = "")]
    prefix: String,
    /// Only names of processes on this node.
    #[expect(unused_variables, reason = "the target has narrowed to it")]
    node: Option<NodeName>,
    /// At most this many rows, over all nodes.
    #[param(range(min = 1, max = 1000), default = 100)]
    limit: u32,
    /// Where the last page ended.
    cursor: Option<Cursor>,
) -> Result<Page<RegisteredName>, OperationError> {
    let processes = context.runtime()?.processes();
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let after = cursor.as_ref().map(Cursor::as_str);
    let rows = match &name {
        // The name is the first of all that start with it.
        Some(name) => processes.names().list(name, after, 1),
        None => processes.names().list(&prefix, after, limit.saturating_add(1)),
    };
    let is_asked_for = |found: &str| {
        name.as_deref().is_none_or(|name| name == found) && found.starts_with(&prefix)
    };
    let rows =
        rows.into_iter().filter(|(found, _)| is_asked_for(found.as_str())).map(|(name, local)| {
            RegisteredName {
                name: name.to_string(),
                pid: processes.id(local),
                node: context.node().clone(),
            }
        });
    Ok(Page::take(rows, limit, |row| Cursor::new(row.name.clone())))
}
