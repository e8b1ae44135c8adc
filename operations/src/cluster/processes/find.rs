//! `GET /api/v1/cluster/processes/named/{name}`

use arsenal_cluster::{
    node::RuntimeExt as _,
    process::{NamedProcess, ProcessName},
};
use arsenal_core::prelude::*;

/// Finds the processes that are called so, on all nodes.
///
/// By the names that Arsenal gave and by those that actors have in ractor. A name is unique on its node, so
/// that there is more than one process where several nodes have it. This is how a name leads to its node
/// wherever the id of a process is asked for; short, so that one silent node does not hold that up.
#[operation(
    get,
    "/api/v1/cluster/processes/named/{name}",
    tag = "process",
    target = all_nodes,
    gather = of_all,
    timeout = "1s"
)]
pub async fn find_processes(
    context: NodeContext,
    /// The whole name.
    name: ProcessName,
) -> Result<Vec<NamedProcess>, OperationError> {
    Ok(context.runtime()?.processes().find_named(&name))
}

fn of_all(answers: Vec<NodeAnswer<Vec<NamedProcess>>>) -> Vec<NamedProcess> {
    answers.into_iter().flat_map(|answer| answer.answer).collect()
}
