//! Creating a sandbox: check everything, place, start every share, or leave nothing behind.

use std::collections::BTreeMap;

use arsenal_core::{
    context::NodeContext,
    error::{Failure, OperationError, Violation, ViolationPlace},
    membership::{MembershipView, NodeStatus},
    name::NodeName,
    spec::Target,
    target,
};
use futures_util::{StreamExt as _, stream::FuturesUnordered};

use super::{
    ChildRequest, PROCESSES_MAX, Sandbox, SandboxId, SandboxRequest, Share, ShareChild,
    ShareRequest, ShareStarted, ShareState, leftovers::Leftovers, placement::spread,
};
use crate::node::{NodeRuntime, RuntimeExt as _};

/// Creates a sandbox that this node owns.
///
/// # Errors
///
/// `invalid_input` with pointers for unknown blueprints and their arguments; `not_found` or
/// `node_unavailable` for the nodes asked for; else the worst failure of the nodes, in which case
/// nothing runs any more, or will be ended as soon as its node can be reached.
pub async fn create(
    context: &NodeContext,
    request: SandboxRequest,
) -> Result<Sandbox, OperationError> {
    let runtime = context.runtime()?;
    runtime.sandboxes().check_room()?;
    check_children(runtime, &request.children)?;
    let nodes = choose_nodes(request.nodes.as_deref(), &context.membership())?;
    let id = new_id(runtime)?;
    let plan = spread(&request.children, &nodes);
    let shares = start(context, &id, plan).await?;
    let sandbox = Sandbox {
        id,
        name: request.name,
        owner: context.node().clone(),
        created_at: runtime.clock().now(),
        placement_strategy: request.placement_strategy,
        children: request.children,
        shares,
    };
    runtime.sandboxes().insert(sandbox.clone());
    Ok(sandbox)
}

fn check_children(runtime: &NodeRuntime, children: &[ChildRequest]) -> Result<(), OperationError> {
    let mut violations = Vec::new();
    for (index, child) in children.iter().enumerate() {
        let Some(blueprint) = runtime.blueprints().get(&child.blueprint) else {
            violations.push(Violation {
                place: ViolationPlace::Body,
                name: String::from("children"),
                pointer: format!("/children/{index}/blueprint"),
                message: format!("no blueprint `{}`", child.blueprint),
            });
            continue;
        };
        let arguments = serde_json::to_vec(&child.arguments)
            .map_err(|error| OperationError::internal().because(error))?;
        if let Err(invalid) = (blueprint.check)(&arguments) {
            violations.extend(invalid.violations().iter().map(|violation| Violation {
                place: ViolationPlace::Body,
                name: String::from("children"),
                pointer: format!("/children/{index}/arguments{}", violation.pointer),
                message: violation.message.clone(),
            }));
        }
    }
    let total = children.iter().fold(0_u32, |sum, child| sum.saturating_add(child.count.get()));
    if total > PROCESSES_MAX {
        violations.push(Violation {
            place: ViolationPlace::Body,
            name: String::from("children"),
            pointer: String::from("/children"),
            message: format!("asks for {total} processes; a sandbox has at most {PROCESSES_MAX}"),
        });
    }
    if violations.is_empty() { Ok(()) } else { Err(OperationError::invalid_input(violations)) }
}

/// The nodes asked for, each of which must be callable; without a wish, all that are up.
fn choose_nodes(
    wanted: Option<&[NodeName]>,
    view: &MembershipView,
) -> Result<Vec<NodeName>, OperationError> {
    let Some(wanted) = wanted else {
        let up = view.members.iter().filter(|member| member.status == NodeStatus::Up);
        return Ok(up.map(|member| member.name.clone()).collect());
    };
    let one = Target::Node { parameter: "nodes" };
    for node in wanted {
        target::choose(one, Some(node.as_str()), view)?;
    }
    Ok(wanted.to_vec())
}

fn new_id(runtime: &NodeRuntime) -> Result<SandboxId, OperationError> {
    loop {
        let number = getrandom::u32()
            .map_err(|error| OperationError::internal().because(error.to_string()))?;
        let id = SandboxId::new(runtime.me().id.name.clone(), number);
        if !runtime.sandboxes().contains(&id) {
            return Ok(id);
        }
    }
}

/// Asks all nodes at once. Until the last has answered, whatever way this ends (also by being
/// dropped at the deadline) leads to the end of what was started.
async fn start(
    context: &NodeContext,
    id: &SandboxId,
    plan: BTreeMap<NodeName, Vec<ShareChild>>,
) -> Result<Vec<Share>, OperationError> {
    let runtime = context.runtime()?;
    let view = context.membership();
    let mut leftovers = Leftovers::new(runtime.cleanups(), id);
    let mut calls = FuturesUnordered::new();
    for (node, children) in plan {
        let generation = view.member(node.as_str()).map_or(0, |member| member.generation);
        leftovers.add(node.clone(), generation);
        let request = ShareRequest {
            node: node.clone(),
            sandbox: id.clone(),
            owner_generation: runtime.me().id.generation,
            children,
        };
        calls.push(async move {
            let started: Result<ShareStarted, _> =
                context.invoke("sandbox.start_share", &request).await;
            (node, started)
        });
    }
    let (mut shares, mut failures) = (Vec::new(), Vec::new());
    while let Some((node, started)) = calls.next().await {
        match started {
            Ok(started) => shares.push(Share {
                node: started.node,
                generation: started.generation,
                processes: started.processes,
                state: ShareState::Started,
            }),
            Err(error) => failures.push(Failure::of_error(node, &error)),
        }
    }
    if !failures.is_empty() {
        return Err(OperationError::of_failures(shares.len(), failures));
    }
    leftovers.keep();
    shares.sort_by(|a, b| a.node.cmp(&b.node));
    Ok(shares)
}
