//! `GET /api/v1/cluster/supervision-trees`

use arsenal_cluster::{
    node::RuntimeExt as _,
    process::{Pattern, ProcessAddress, SupervisionTrees, TreesQuery, refuse_nobody},
};
use arsenal_core::prelude::*;

/// Shows who supervises whom, on all nodes, with the paths on which something fails.
///
/// `failing` marks a process that does not do well and all above it, also where what fails is not shown;
/// `failing=true` shows those paths only, and `health` says what is wrong. Of many processes the upper
/// levels are shown, and `omitted` counts what is not: deeper than `depth`, more than `limit`, or more than
/// fits into one answer (0.7 MB of a node). Lower levels are shown by `root`.
#[operation(
    get,
    "/api/v1/cluster/supervision-trees",
    tag = "supervisor",
    target = all_nodes(node),
    timeout = "15s",
    concurrency = 8
)]
#[expect(clippy::too_many_arguments, reason = "each is a parameter of the request")]
pub async fn supervisor_trees(
    context: NodeContext,
    /// Only the trees of this node.
    #[expect(unused_variables, reason = "the target has narrowed to it")]
    node: Option<NodeName>,
    /// How many levels are shown. 60 are as many as readers of JSON take.
    #[param(range(min = 1, max = 60), default = 8)]
    depth: u32,
    /// At most this many processes of each node.
    #[param(range(min = 1, max = 3000), default = 1000)]
    limit: u32,
    /// Only the paths to processes with such a name, given by Arsenal or in ractor: a part of it, or the
    /// whole with `*` for anything.
    #[param(length(max = 256))]
    name: Option<String>,
    /// Only the paths to actors of such a type: a part of it, or the whole with `*` for anything.
    #[param(name = "type", length(max = 256))]
    actor_type: Option<String>,
    /// Only paths on which something does not do well.
    #[param(default = false)]
    failing: bool,
    /// Only the tree below this process: its id, its name, or `name@node`. Nodes that do not have it answer
    /// without trees.
    root: Option<ProcessAddress>,
) -> Result<SupervisionTrees, OperationError> {
    if let Some(root) = &root {
        refuse_nobody(&context, root).await?;
    }
    let query = TreesQuery {
        depth,
        limit,
        name: name.as_deref().map(Pattern::new),
        actor_type: actor_type.as_deref().map(Pattern::new),
        failing,
        root,
    };
    context.runtime()?.processes().trees(query).await
}
