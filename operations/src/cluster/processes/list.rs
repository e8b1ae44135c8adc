//! `GET /api/v1/cluster/processes`

use arsenal_cluster::{
    node::RuntimeExt as _,
    process::{Process, ProcessId},
};
use arsenal_core::prelude::*;

/// Lists the processes of the cluster, with the node that each runs on.
#[operation(
    get,
    "/api/v1/cluster/processes",
    tag = "process",
    target = all_nodes(node)
)]
pub async fn list_processes(
    context: NodeContext,
    /// Only processes of this node.
    #[expect(unused_variables, reason = "the target has narrowed to it")]
    node: Option<NodeName>,
    /// Only processes whose type contains this.
    #[param(name = "type")]
    kind: Option<String>,
    /// At most this many rows, over all nodes.
    #[param(range(min = 1, max = 1000), default = 100)]
    limit: u32,
    /// Where the last page ended.
    cursor: Option<Cursor>,
) -> Result<Page<Process>, OperationError> {
    let runtime = context.runtime()?;
    let after = cursor.as_ref().and_then(|cursor| cursor.as_str().parse::<ProcessId>().ok());
    // A place in an earlier start of the node is behind all that runs now.
    let generation = runtime.me().id.generation;
    let after = after.filter(|last| last.generation == generation).map(|last| last.local);
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    // One row more than asked for says whether there is a next page.
    let rows = runtime.processes().list(kind.as_deref(), after, limit.saturating_add(1));
    Ok(Page::take(rows, limit, |row| Cursor::new(row.pid.to_string())))
}
