//! Invocations for the node that owns what an argument names: it is asked for, then it runs there.

#[cfg(test)]
#[path = "ownership_tests.rs"]
mod tests;

use tokio::time::timeout_at;

use crate::{
    answer::{DryRun, Reply},
    arguments::OwnedArguments,
    context::NodeContext,
    error::{Code, OperationError},
    execution::execute,
    fan_out::call_peer,
    membership::{Member, Named},
    name::NodeName,
    spec::{Method, OperationSpec},
    streams::open_peer,
    target::{Addressed, choose},
    telemetry,
};

/// Runs the operation where the owner is. The reply is that of one node, so none is missing in it.
pub(crate) async fn run_at_owner(
    spec: &'static OperationSpec,
    context: NodeContext,
    named: String,
    arguments: OwnedArguments,
) -> Result<(Reply, bool), OperationError> {
    let reply = match owner(spec, &context, named).await? {
        Some(member) if spec.is_stream() => {
            Reply::Stream(open_peer(spec, &context, &member, arguments).await?)
        }
        Some(member) => call_peer(spec, &context, &member, arguments).await?,
        // The run has logged the reason of a failure.
        None => execute(spec, context, arguments.borrowed())
            .await
            .map_err(OperationError::without_source)?,
    };
    Ok((reply, false))
}

/// Where it would run.
pub(crate) async fn rehearse_at_owner(
    spec: &'static OperationSpec,
    context: NodeContext,
    named: String,
) -> Result<Reply, OperationError> {
    let plan = async {
        let addressed =
            owner(spec, &context, named).await?.map_or(Addressed::Here, Addressed::Peer);
        DryRun::of(spec, &addressed, &context.membership())?.into_reply()
    };
    plan.await.inspect_err(|error: &OperationError| {
        telemetry::refused(&context.node, spec, context.request_id(), error);
    })
}

impl NodeContext {
    /// Which node has what an operation with `target = owner(…)` is given as its argument, for operations
    /// that change something and call others.
    ///
    /// # Errors
    ///
    /// As for such an operation: nobody has it, several have it, or a node that may have it is silent.
    pub async fn owner_of(&self, named: String) -> Result<NodeName, OperationError> {
        let named = Named { text: named, is_for_change: true };
        self.node.cluster.owner(self.clone(), named).await
    }
}

/// The node to run on; `None` is this one. Whatever goes wrong here, the operation did not run.
async fn owner(
    spec: &OperationSpec,
    context: &NodeContext,
    named: String,
) -> Result<Option<Member>, OperationError> {
    let is_for_change = spec.method != Method::Get;
    let asked = Named { text: named.clone(), is_for_change };
    let asking = context.node.cluster.owner(context.clone(), asked);
    let late = || {
        let detail = format!("the deadline passed before it was known which node has `{named}`");
        OperationError::new(Code::DistributedTimeout, detail).refused_by(context.node().clone())
    };
    let owner = match timeout_at(context.invocation.deadline, asking).await {
        Ok(found) => found.map_err(OperationError::before_run)?,
        Err(_elapsed) => return Err(late()),
    };
    if context.time_left().is_zero() {
        return Err(late());
    }
    // The view of now: asking may have taken a while.
    match choose(spec.target, Some(owner.as_str()), &context.membership())? {
        Addressed::Peer(member) => Ok(Some(member)),
        Addressed::Here | Addressed::Nodes(_) => Ok(None),
    }
}
