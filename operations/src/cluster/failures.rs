//! `GET /api/v1/cluster/failures`

use arsenal_cluster::{
    node::RuntimeExt as _,
    process::{FailureQuery, NodeRanking, Pattern, ProcessFailure, merge_rankings},
};
use arsenal_core::prelude::*;

/// Lists what failed lately, on all nodes, the last failure first.
///
/// Each row says what the process said, and where it panicked. Nodes remember the last thousand failures
/// of instrumented processes since their start. What is started again and again is here as often as it
/// failed; `/api/v1/cluster/processes?sort=restarts` has those that run now.
#[operation(
    get,
    "/api/v1/cluster/failures",
    tag = "process",
    target = all_nodes(node),
    gather = merge_rankings
)]
#[expect(clippy::too_many_arguments, reason = "each is a parameter of the request")]
pub async fn process_failures(
    context: NodeContext,
    /// Only failures on this node.
    #[expect(unused_variables, reason = "the target has narrowed to it")]
    node: Option<NodeName>,
    /// Only processes that Arsenal knew by such a name: a part of it, or the whole with `*` for anything.
    #[param(length(max = 256))]
    name: Option<String>,
    /// Only actors of such a type: a part of it, or the whole with `*` for anything.
    #[param(name = "type", length(max = 256))]
    actor_type: Option<String>,
    /// At most this many rows, over all nodes.
    #[param(range(min = 1, max = 1000), default = 100)]
    limit: u32,
    /// Where the last page ended.
    cursor: Option<Cursor>,
) -> Result<NodeRanking<ProcessFailure>, OperationError> {
    let query = FailureQuery {
        name: name.as_deref().map(Pattern::new),
        actor_type: actor_type.as_deref().map(Pattern::new),
        limit,
        ..FailureQuery::default()
    };
    context.runtime()?.processes().failures(query.page(cursor.as_ref())?).await
}
