//! `GET /api/v1/cluster/sandboxes`

use arsenal_cluster::{
    node::RuntimeExt as _,
    sandbox::{Sandbox, SandboxId},
};
use arsenal_core::prelude::*;

/// Lists the sandboxes of the cluster, from the nodes that own them.
#[operation(get, "/api/v1/cluster/sandboxes", tag = "sandbox", target = all_nodes)]
pub async fn list_sandboxes(
    context: NodeContext,
    /// At most this many rows, over all nodes.
    #[param(range(min = 1, max = 1000), default = 100)]
    limit: u32,
    /// Where the last page ended.
    cursor: Option<Cursor>,
) -> Result<Page<Sandbox>, OperationError> {
    let after: Option<SandboxId> = cursor.and_then(|cursor| cursor.as_str().parse().ok());
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let sandboxes = context.runtime()?.sandboxes();
    let rows = sandboxes.list(after.as_ref(), limit.saturating_add(1), &context.membership());
    Ok(Page::take(rows, limit, |row| Cursor::new(row.id.to_string())))
}
