//! `POST /api/v1/processes`

use arsenal_cluster::process::{ProcessAddress, ProcessName, ProcessPlan, ProcessStart};
use arsenal_core::prelude::*;
use serde_json::{Map, Value, json};

/// Starts a process from a blueprint.
///
/// It runs on the node that is asked for, else on the node of its supervisor, else on the node that was
/// asked; under that supervisor, else under the root of the node. `blueprint.list` shows what can be
/// started.
/// A dry run names that node, and is refused where the start would be, as far as that is known before the
/// actor's own start.
#[operation(
    post,
    "/api/v1/processes",
    tag = "process",
    status = 201,
    timeout = "30s",
    rehearse = rehearse_start,
    idempotent
)]
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
    let node = place(&context, node, supervisor.as_ref()).await?;
    let request = json!({
        "node": node,
        "blueprint": blueprint,
        "arguments": arguments,
        "name": name,
        "supervisor": supervisor,
    });
    context.invoke("process.start_on", &request).await
}

#[expect(clippy::too_many_arguments, reason = "those of `start_process`")]
async fn rehearse_start(
    context: NodeContext,
    blueprint: String,
    arguments: Map<String, Value>,
    name: Option<ProcessName>,
    node: Option<NodeName>,
    supervisor: Option<ProcessAddress>,
) -> Result<Vec<NodeName>, OperationError> {
    let node = place(&context, node, supervisor.as_ref()).await?;
    let request = json!({
        "node": node,
        "blueprint": blueprint,
        "arguments": arguments,
        "name": name,
        "supervisor": supervisor,
    });
    let _plan: ProcessPlan = context.invoke("process.plan_on", &request).await?;
    Ok(vec![node])
}

/// Where it is to run.
async fn place(
    context: &NodeContext,
    node: Option<NodeName>,
    supervisor: Option<&ProcessAddress>,
) -> Result<NodeName, OperationError> {
    match (node, supervisor) {
        (Some(node), _) => Ok(node),
        (None, Some(supervisor)) => context.owner_of(supervisor.to_string()).await,
        (None, None) => Ok(context.node().clone()),
    }
}
