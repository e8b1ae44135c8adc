//! `GET /api/v1/cluster/processes`

use std::time::Duration;

use arsenal_cluster::{
    node::RuntimeExt as _,
    process::{
        HealthStatus, NodeRanking, Order, Pattern, ProcessAddress, ProcessKind, ProcessQuery,
        ProcessStatus, SortKey, merge_rankings, refuse_nobody,
    },
};
use arsenal_core::prelude::*;

/// Lists the processes of the cluster, or the first of them by a number.
///
/// Without `sort` they are in the order of nodes and starts. With it, each node chooses its first rows and
/// the answer has the first of all; processes of which the number is not known are left out: of those
/// that are not instrumented, only the children are counted. Each row says in `rank` what the number
/// is, and in which unit, and in `health.reasons` what is wrong. `window_ms` sorts by how much the number changes, as
/// `sort=handled&window_ms=1000` for the busiest second.
///
/// Pages go by the position of the last row, so that starts and ends do not move others. A page may have
/// fewer rows than were asked for, even none, where processes end meanwhile: the last one is the one
/// without `next_cursor`. A process whose number changes between two pages may come twice or not at all;
/// ages do not count as such, for they are ordered by the moment that they are counted from.
#[operation(
    get,
    "/api/v1/cluster/processes",
    tag = "process",
    target = all_nodes(node),
    gather = merge_rankings,
    timeout = "15s",
    concurrency = 8
)]
#[expect(clippy::too_many_arguments, reason = "each is a parameter of the request")]
pub async fn list_processes(
    context: NodeContext,
    /// Only processes of this node.
    #[expect(unused_variables, reason = "the target has narrowed to it")]
    node: Option<NodeName>,
    /// Only what is there for this; `internal` for what is of Arsenal and of ractor_cluster itself.
    kind: Option<ProcessKind>,
    /// Whether those of Arsenal and of ractor_cluster are listed, too.
    #[param(default = false)]
    include_internal: bool,
    /// Only processes with such a name, given by Arsenal or in ractor: a part of it, or the whole with `*`
    /// for anything.
    #[param(length(max = 256))]
    name: Option<String>,
    /// Only actors of such a type, in upper and lower case as it is: a part of it, or the whole with `*` for
    /// anything.
    #[param(name = "type", length(max = 256))]
    actor_type: Option<String>,
    /// Only processes that are here in their life.
    status: Option<ProcessStatus>,
    /// Only children of this process: its id, its name, or `name@node`.
    supervisor: Option<ProcessAddress>,
    /// Only processes that are instrumented, or that are not.
    instrumented: Option<bool>,
    /// Only processes that do so well: `health.reasons` says why. It is known of instrumented ones.
    health: Option<HealthStatus>,
    /// The number that the list is sorted by.
    sort: Option<SortKey>,
    /// Which end of it comes first.
    order: Option<Order>,
    /// Sorts by how much the number changed within this time; the request takes as long. Rates are
    /// measured over it, too.
    #[param(range(min = 100, max = 10_000))]
    window_ms: Option<u32>,
    /// At most this many rows, over all nodes.
    #[param(range(min = 1, max = 1000), default = 100)]
    limit: u32,
    /// Where the last page ended.
    cursor: Option<Cursor>,
) -> Result<NodeRanking, OperationError> {
    // Further pages are of a list that was not refused.
    if let Some(supervisor) = supervisor.as_ref().filter(|_| cursor.is_none()) {
        refuse_nobody(&context, supervisor).await?;
    }
    let query = ProcessQuery {
        kind,
        include_internal,
        name: name.as_deref().map(Pattern::new),
        actor_type: actor_type.as_deref().map(Pattern::new),
        status,
        supervisor,
        instrumented,
        health,
        sort,
        order: order.unwrap_or_default(),
        window: window_ms.map(|window| Duration::from_millis(window.into())),
        limit,
        ..ProcessQuery::default()
    };
    context.runtime()?.processes().rank(query.page(cursor.as_ref())?).await
}
