//! `POST /api/v1/cluster/nodes/{node}/processes/plan`: what a dry run of
//! [`start_process`](crate::processes::start) asks of the node. It changes nothing, but needs the access that
//! a start does: only who may start a process is told what would come of it.

use arsenal_cluster::process::{
    ProcessAddress, ProcessName, ProcessPlan, StartRequest, plan_start,
};
use arsenal_core::prelude::*;
use serde_json::{Map, Value};

/// Says what `process.start_on` would start on one node, or why not; nothing starts.
///
/// Used between nodes, for dry runs of `process.start`.
#[operation(
    post,
    "/api/v1/cluster/nodes/{node}/processes/plan",
    name = "process.plan_on",
    target = node(node)
)]
#[expect(clippy::too_many_arguments, reason = "each is a parameter of the request")]
pub async fn plan_process_on(
    context: NodeContext,
    /// The node that would run it.
    #[expect(unused_variables, reason = "the target has led there")]
    node: NodeName,
    /// The name of the blueprint.
    blueprint: String,
    /// Its arguments.
    #[param(default = Map::new())]
    arguments: Map<String, Value>,
    /// What it would be called.
    name: Option<ProcessName>,
    /// What would supervise it: a process of this node.
    supervisor: Option<ProcessAddress>,
) -> Result<ProcessPlan, OperationError> {
    plan_start(&context, &StartRequest { blueprint, arguments, name, supervisor })
}
