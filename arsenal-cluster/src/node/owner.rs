//! On which node is a process? The answer for operations with `target = owner(…)`.

#[cfg(test)]
#[path = "owner_tests.rs"]
mod tests;

use std::collections::BTreeSet;

use arsenal_core::{
    answer::FanOut,
    context::NodeContext,
    error::{Code, Failure, OperationError},
    membership::{Named, Ran},
    name::NodeName,
};
use serde_json::json;

use crate::process::{NamedProcess, ProcessAddress, ProcessName};

/// The operation that asks all nodes for a name.
const FIND: &str = "process.find";

/// Candidates that a conflict names.
const CANDIDATES_NAMED_MAX: usize = 10;

/// The node of a process. An id and a name with a node say it themselves; whether there is such a process,
/// that node knows. A name alone may be on any node, also on this one and another.
pub(super) async fn node_of(
    context: NodeContext,
    named: Named,
) -> Result<NodeName, OperationError> {
    let address: ProcessAddress = named
        .text
        .parse()
        // The parameter is of another type than an address.
        .map_err(|error| OperationError::internal().because(error))?;
    match address {
        ProcessAddress::Id(id) => Ok(id.node),
        ProcessAddress::NameOn(_, node) => Ok(node),
        ProcessAddress::Name(name) => {
            let found = context.invoke(FIND, &json!({ "name": name })).await?;
            only_node(&name, found, named.is_for_change)
        }
    }
}

/// The one node that has a process of this name.
fn only_node(
    name: &ProcessName,
    found: FanOut<Vec<NamedProcess>>,
    is_for_change: bool,
) -> Result<NodeName, OperationError> {
    let nodes: BTreeSet<NodeName> = found.data.into_iter().map(|row| row.node).collect();
    match (nodes.first(), nodes.len()) {
        (Some(node), 1) if is_for_change && !found.failures.is_empty() => {
            Err(perhaps_on_more(name, node, found.failures))
        }
        (Some(node), 1) => Ok(node.clone()),
        (Some(_), _) => Err(on_several(name, &nodes)),
        (None, _) if found.failures.is_empty() => {
            Err(OperationError::not_found(format!("no process is called `{name}`")))
        }
        (None, _) => Err(perhaps_elsewhere(name, found.failures)),
    }
}

fn on_several(name: &ProcessName, nodes: &BTreeSet<NodeName>) -> OperationError {
    let named = nodes.iter().take(CANDIDATES_NAMED_MAX).map(|node| format!("`{name}@{node}`"));
    let mut candidates = named.collect::<Vec<_>>().join(", ");
    let more = nodes.len().saturating_sub(CANDIDATES_NAMED_MAX);
    if more > 0 {
        candidates = format!("{candidates} and {more} more");
    }
    let detail = format!("{} nodes have a process `{name}`: {candidates}", nodes.len());
    OperationError::conflict(detail).suggest(format!("name one of them: {candidates}"))
}

/// One has it, and another might: what is to be changed must be named with its node.
fn perhaps_on_more(name: &ProcessName, node: &NodeName, failures: Vec<Failure>) -> OperationError {
    let (silent, failures) = asked_in_vain(failures);
    let detail = format!(
        "`{name}` is a process of `{node}`; {silent} did not answer, and may have one, too"
    );
    OperationError::new(Code::NodeUnavailable, detail)
        .with_failures(failures)
        .suggest(format!("`{name}@{node}` says which one is meant"))
}

/// The nodes that did not say whether they have it. What was asked for ran nowhere.
fn asked_in_vain(mut failures: Vec<Failure>) -> (String, Vec<Failure>) {
    for failure in &mut failures {
        failure.ran = Ran::No;
    }
    let silent: Vec<NodeName> = failures.iter().map(|failure| failure.node.clone()).collect();
    (NodeName::listed(&silent), failures)
}

/// Nobody who answered has it; who did not might.
fn perhaps_elsewhere(name: &ProcessName, failures: Vec<Failure>) -> OperationError {
    let (silent, failures) = asked_in_vain(failures);
    let detail =
        format!("no process is called `{name}` on the nodes that answered; {silent} did not");
    OperationError::new(Code::NodeUnavailable, detail).with_failures(failures)
}
