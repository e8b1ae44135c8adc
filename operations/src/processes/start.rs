//! `POST /api/v1/processes`

use arsenal_cluster::process::{ProcessAddress, ProcessName, ProcessStart};
use arsenal_core::prelude::*;
use serde_json::{Map, Value, json};

/// Starts a process from a blueprint.
///
/// It runs on the node that is asked for, else on the node of its supervisor, else on the node that was
/// asked; under that supervisor, else under the root of the node. `blueprint.list` shows what can be
/// started.
#[operation(post, "/api/v1/processes", tag = "process", status = 201, timeout = "30s", idempotent)]
#[expect(clippy::too_many_arguments, reason = "each is a parameter of the request")]
pub async fn start_process(
    context: NodeContext,
    /// The name of the blueprint.
    blueprint: String,
    /// Its arguments; those of the blueprint are in `blueprint.inspect`.
    #[param(default = Map::new())]
    arguments: Map<String, Value>,
    /// What it is to be called on its node. A name that itself ends in `@` and the name of a node is always
    /// given with its node: `x@b` of node c is `x@b@c`.
    name: Option<ProcessName>,
    /// Where it is to run.
    node: Option<NodeName>,
    /// What is to supervise it: its id, its name, or `name@node`.
    supervisor: Option<ProcessAddress>,
) -> Result<ProcessStart, OperationError> {
    let node = match (node, &supervisor) {
        (Some(node), _) => node,
        (None, Some(supervisor)) => context.owner_of(supervisor.to_string()).await?,
        (None, None) => context.node().clone(),
    };
    let request = json!({
        "node": node,
        "blueprint": blueprint,
        "arguments": arguments,
        "name": name,
        "supervisor": supervisor,
    });
    context.invoke("process.start_on", &request).await
}
