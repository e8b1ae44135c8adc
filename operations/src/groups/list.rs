//! `GET /api/v1/groups`

use arsenal_cluster::{
    node::RuntimeExt as _,
    process::{GroupQuery, Pattern, ProcessGroup},
};
use arsenal_core::prelude::*;

/// Lists the process groups of ractor, with their members on each node.
///
/// A group that has members on several nodes has a row for each of them, as every node tells its own.
#[operation(
    get,
    "/api/v1/groups",
    tag = "group",
    target = all_nodes(node),
    timeout = "15s",
    concurrency = 8
)]
#[expect(clippy::too_many_arguments, reason = "each is a parameter of the request")]
pub async fn list_groups(
    context: NodeContext,
    /// Only members on this node.
    #[expect(unused_variables, reason = "the target has narrowed to it")]
    node: Option<NodeName>,
    /// Only groups with such a name: a part of it, or the whole with `*` for anything.
    #[param(length(max = 256))]
    name: Option<String>,
    /// Only groups of this scope; `__default_scope__` is that of groups that were given none.
    #[param(length(max = 256))]
    scope: Option<String>,
    /// Whether the groups by which the nodes themselves find each other are listed, too.
    #[param(default = false)]
    include_internal: bool,
    /// At most this many rows, over all nodes.
    #[param(range(min = 1, max = 1000), default = 100)]
    limit: u32,
    /// Where the last page ended.
    cursor: Option<Cursor>,
) -> Result<Page<ProcessGroup>, OperationError> {
    let name = name.as_deref().map(Pattern::new);
    let page = GroupQuery::page(limit, cursor.as_ref())?;
    let query = GroupQuery { name, scope, include_internal, ..page };
    context.runtime()?.processes().groups(query).await
}
