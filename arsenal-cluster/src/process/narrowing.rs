//! Whether the process that a list of all nodes is narrowed to is one at all: a list of nothing would not
//! say that it is not.

use arsenal_core::{answer::FanOut, context::NodeContext, error::OperationError, name::NodeName};
use serde_json::json;

use super::{NamedProcess, ProcessAddress, ProcessName, ProcessTable};
use crate::node::RuntimeExt as _;

/// The operation that asks all nodes for a name.
const FIND: &str = "process.find";

/// Each node of a fan-out asks for itself, so that all of them refuse where nobody has the process. Those
/// that could have it and do not answer are named by the list itself.
///
/// # Errors
///
/// `not_found` where no node has a process of this name, or the node is none of the cluster; `gone` or
/// `not_found` from the one node that would have it.
pub async fn refuse_nobody(
    context: &NodeContext,
    address: &ProcessAddress,
) -> Result<(), OperationError> {
    let table = context.runtime()?.processes();
    match address {
        ProcessAddress::Name(name) => named_anywhere(context, table, name).await,
        ProcessAddress::Id(id) if id.node != table.node => known_node(context, &id.node),
        ProcessAddress::NameOn(_, node) if *node != table.node => known_node(context, node),
        ProcessAddress::Id(_) | ProcessAddress::NameOn(..) => table.find(address).map(drop),
    }
}

async fn named_anywhere(
    context: &NodeContext,
    table: &ProcessTable,
    name: &ProcessName,
) -> Result<(), OperationError> {
    if !table.find_named(name).is_empty() {
        return Ok(());
    }
    let found: FanOut<Vec<NamedProcess>> = context.invoke(FIND, &json!({ "name": name })).await?;
    if found.data.is_empty() && found.failures.is_empty() {
        return Err(OperationError::not_found(format!("no process is called `{name}`")));
    }
    Ok(())
}

fn known_node(context: &NodeContext, node: &NodeName) -> Result<(), OperationError> {
    if context.membership().member(node.as_str()).is_some() {
        return Ok(());
    }
    Err(OperationError::not_found(format!("no node `{node}` in this cluster")))
}
