//! Operations that say themselves where they would run: those that call others, on nodes that they choose.

use std::{future::poll_fn, pin::pin};

use tokio::time::timeout_at;

use crate::{
    answer::{DryRun, Reply},
    arguments::Arguments,
    context::NodeContext,
    error::{Code, OperationError},
    execution::guarded,
    membership::{Member, MembershipView},
    name::NodeName,
    spec::OperationSpec,
    target::Addressed,
    telemetry,
};

/// Asks the operation, within the caller's time; a panic of its function is an error, as in a real run.
/// The arguments are decoded before this returns.
pub(crate) fn rehearse_itself(
    spec: &'static OperationSpec,
    mut context: NodeContext,
    arguments: Arguments<'_>,
) -> impl Future<Output = Result<Reply, OperationError>> + Send + 'static + use<> {
    let node = context.node.clone();
    // What it calls did not come in from outside: the log is not told that something was to change.
    context.invocation.trace = context.invocation.trace.child();
    let trying = guarded(&node, spec, || {
        let rehearse = spec.rehearse.ok_or_else(OperationError::internal)?;
        Ok(rehearse(context.clone(), arguments))
    });
    async move {
        let plan = async {
            let mut trying = pin!(trying?);
            let tried = poll_fn(|cx| match guarded(&node, spec, || Ok(trying.as_mut().poll(cx))) {
                Ok(poll) => poll,
                Err(panicked) => Err(panicked).into(),
            });
            let nodes = timeout_at(context.invocation.deadline, tried).await;
            let nodes = nodes.map_err(|_elapsed| late())??;
            let view = context.membership();
            DryRun::of(spec, &addressed(&nodes, &view)?, &view)?.into_reply()
        };
        plan.await.inspect_err(|error: &OperationError| {
            telemetry::refused(&node, spec, context.request_id(), error);
        })
    }
}

fn addressed(nodes: &[NodeName], view: &MembershipView) -> Result<Addressed, OperationError> {
    let member = |node: &NodeName| -> Result<Member, OperationError> {
        let unknown = || OperationError::not_found(format!("no node `{node}` in this cluster"));
        view.member(node.as_str()).cloned().ok_or_else(unknown)
    };
    nodes.iter().map(member).collect::<Result<_, _>>().map(Addressed::Nodes)
}

fn late() -> OperationError {
    let detail = "the deadline passed before it was known where it would run";
    OperationError::new(Code::DistributedTimeout, detail)
}
