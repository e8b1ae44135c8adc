//! Actors that do nothing and have a name.

use arsenal_cluster::instrument::Instrumented;
use arsenal_cluster::{
    blueprint::Child,
    node::RuntimeExt as _,
    process::{ProcessAddress, ProcessId, ProcessName},
};
use arsenal_core::prelude::*;
use ractor::{Actor, ActorProcessingErr, ActorRef, Message, pg};

/// Starts an actor, and answers its id.
#[operation(post, "/api/v1/test/named/{node}", tag = "named", target = node(node), status = 201)]
pub(crate) async fn start_named(
    context: NodeContext,
    /// Where it runs.
    #[expect(unused_variables, reason = "the target has led there")]
    node: NodeName,
    /// The name that Arsenal gives it.
    name: Option<ProcessName>,
    /// The name that it has in ractor; then Arsenal does not start it.
    ractor_name: Option<String>,
    /// The process group that it joins.
    group: Option<String>,
) -> Result<ProcessId, OperationError> {
    let runtime = context.runtime()?;
    if ractor_name.is_none() {
        let id = runtime.spawn(name, Child::actor(Idle, ())).await?;
        if let Some(group) = group {
            pg::join(group, vec![runtime.processes().find(&ProcessAddress::Id(id.clone()))?]);
        }
        return Ok(id);
    }
    let (actor, _) = Actor::spawn(ractor_name, Idle, ())
        .await
        .map_err(|error| OperationError::conflict(error.to_string()))?;
    Ok(runtime.processes().id(actor.get_id().pid()))
}

/// Starts an actor whose child is protected, and answers the id of the one above.
#[operation(post, "/api/v1/test/guarding/{node}", tag = "named", target = node(node), status = 201)]
pub(crate) async fn start_guarding(
    context: NodeContext,
    /// Where it runs.
    #[expect(unused_variables, reason = "the target has led there")]
    node: NodeName,
) -> Result<ProcessId, OperationError> {
    let runtime = context.runtime()?;
    let above = runtime.spawn(None, Child::actor(Idle, ())).await?;
    let cell = runtime.processes().find(&ProcessAddress::Id(above.clone()))?;
    let guarded = Instrumented::new(Idle).protected();
    <Instrumented<Idle> as Actor>::spawn_linked(None, guarded, (), cell)
        .await
        .map_err(|error| OperationError::conflict(error.to_string()))?;
    Ok(above)
}

/// Starts two actors that supervise each other, and answers the id of one.
#[operation(post, "/api/v1/test/circle/{node}", tag = "named", target = node(node), status = 201)]
pub(crate) async fn start_circle(
    context: NodeContext,
    /// Where they run.
    #[expect(unused_variables, reason = "the target has led there")]
    node: NodeName,
) -> Result<ProcessId, OperationError> {
    let runtime = context.runtime()?;
    let one = runtime.spawn(None, Child::actor(Idle, ())).await?;
    let other = runtime.spawn(None, Child::actor(Idle, ())).await?;
    let cell = runtime.processes().find(&ProcessAddress::Id(one.clone()))?;
    let other = runtime.processes().find(&ProcessAddress::Id(other))?;
    cell.link(other.clone());
    other.link(cell);
    Ok(one)
}

/// Stops an actor of this node, and waits for it.
#[operation(post, "/api/v1/test/named/{pid}/stop", tag = "named", target = owner(pid), idempotent)]
pub(crate) async fn stop_named(
    context: NodeContext,
    /// Which one.
    pid: ProcessAddress,
) -> Result<NodeName, OperationError> {
    let actor = context.runtime()?.processes().find(&pid)?;
    let stopped = actor.stop_and_wait(None, None).await;
    stopped.map_err(|error| OperationError::internal().because(error.to_string()))?;
    Ok(context.node().clone())
}

struct Idle;

/// It takes no messages.
enum Nothing {}

impl Message for Nothing {}

impl Actor for Idle {
    type Msg = Nothing;
    type State = ();
    type Arguments = ();

    async fn pre_start(&self, _: ActorRef<Nothing>, (): ()) -> Result<(), ActorProcessingErr> {
        Ok(())
    }
}
