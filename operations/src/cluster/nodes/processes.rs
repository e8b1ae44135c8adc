//! `POST /api/v1/cluster/nodes/{node}/processes`: what [`start_process`](crate::processes::start) asks of the
//! node.

use arsenal_cluster::process::{ProcessAddress, ProcessName, ProcessStart, StartRequest, start};
use arsenal_core::prelude::*;
use serde_json::{Map, Value};

/// Starts a process from a blueprint on one node.
///
/// Used between nodes; `process.start` chooses the node.
#[operation(
    post,
    "/api/v1/cluster/nodes/{node}/processes",
    name = "process.start_on",
    target = node(node),
    status = 201,
    timeout = "30s",
    idempotent
)]
#[expect(clippy::too_many_arguments, reason = "each is a parameter of the request")]
pub async fn start_process_on(
    context: NodeContext,
    /// The node that is to run it.
    #[expect(unused_variables, reason = "the target has led there")]
    node: NodeName,
    /// The name of the blueprint.
    blueprint: String,
    /// Its arguments.
    #[param(default = Map::new())]
    arguments: Map<String, Value>,
    /// What it is to be called.
    name: Option<ProcessName>,
    /// What is to supervise it: a process of this node.
    supervisor: Option<ProcessAddress>,
) -> Result<ProcessStart, OperationError> {
    start(&context, StartRequest { blueprint, arguments, name, supervisor }).await
}
