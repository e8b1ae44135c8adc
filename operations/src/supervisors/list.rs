//! `GET /api/v1/supervisors`

use arsenal_cluster::{
    node::RuntimeExt as _,
    process::{
        NodeRanking, Order, Pattern, ProcessKind, ProcessQuery, ProcessStatus, SortKey,
        merge_rankings,
    },
};
use arsenal_core::prelude::*;

/// Lists the processes that supervise others, on all nodes.
///
/// Each row is a process as `/api/v1/cluster/processes` lists it. Sorted by `children` it begins with the
/// largest, by `children_failed` with those below which most fails, by `restarts` with those that are
/// started again and again themselves. The tree below one of them is
/// `/api/v1/cluster/supervision-trees?root=…`.
#[operation(
    get,
    "/api/v1/supervisors",
    tag = "supervisor",
    target = all_nodes(node),
    gather = merge_rankings,
    timeout = "15s",
    concurrency = 8
)]
#[expect(clippy::too_many_arguments, reason = "each is a parameter of the request")]
pub async fn list_supervisors(
    context: NodeContext,
    /// Only supervisors on this node.
    #[expect(unused_variables, reason = "the target has narrowed to it")]
    node: Option<NodeName>,
    /// Only those with such a name, given by Arsenal or in ractor: a part of it, or the whole with `*` for
    /// anything.
    #[param(length(max = 256))]
    name: Option<String>,
    /// Only actors of such a type, in upper and lower case as it is: a part of it, or the whole with `*` for
    /// anything.
    #[param(name = "type", length(max = 256))]
    actor_type: Option<String>,
    /// Only supervisors that are here in their life.
    status: Option<ProcessStatus>,
    /// Whether those of Arsenal and of ractor_cluster are listed, too.
    #[param(default = false)]
    include_internal: bool,
    /// The number that the list is sorted by; without it, it is in the order of nodes and starts.
    sort: Option<SortKey>,
    /// Which end of it comes first.
    order: Option<Order>,
    /// At most this many rows, over all nodes.
    #[param(range(min = 1, max = 1000), default = 100)]
    limit: u32,
    /// Where the last page ended.
    cursor: Option<Cursor>,
) -> Result<NodeRanking, OperationError> {
    let query = ProcessQuery {
        kind: (!include_internal).then_some(ProcessKind::Supervisor),
        include_internal,
        name: name.as_deref().map(Pattern::new),
        actor_type: actor_type.as_deref().map(Pattern::new),
        status,
        has_children: true,
        sort,
        order: order.unwrap_or_default(),
        limit,
        ..ProcessQuery::default()
    };
    context.runtime()?.processes().rank(query.page(cursor.as_ref())?).await
}
