//! One call per node: one deadline, bounded in flight, exactly one outcome per node.

#[cfg(test)]
#[path = "fan_out_tests.rs"]
mod tests;

use std::{error::Error as _, sync::Arc};

use futures_util::{
    StreamExt as _,
    future::BoxFuture,
    stream::{self},
};
use serde_json::value::RawValue;

use crate::{
    answer::Reply,
    arguments::OwnedArguments,
    context::NodeContext,
    duration::milliseconds,
    envelope::{Envelope, decode_answer, schema_digest},
    error::{ErrorChain, Failure, OperationError},
    execution::execute,
    limits::FAN_OUT_IN_FLIGHT_MAX,
    membership::{CallError, Member},
    name::NodeName,
    spec::OperationSpec,
};

/// What one node gave.
pub(crate) type Outcome = Result<Box<RawValue>, Failure>;

/// What is sent to one node.
pub(crate) struct NodeCall {
    pub(crate) member: Member,
    pub(crate) arguments: Arc<OwnedArguments>,
}

/// Calls every node and waits for all of them, at most until the deadline of the invocation.
/// Outcomes are in the order of the calls.
pub(crate) async fn fan_out(
    spec: &'static OperationSpec,
    context: &NodeContext,
    calls: Vec<NodeCall>,
) -> Vec<(NodeName, Outcome)> {
    let mut running = Vec::with_capacity(calls.len());
    for (order, call) in calls.into_iter().enumerate() {
        let node = call.member.name.clone();
        running.push(async move { (order, (node, call_node(spec, context, call).await)) });
    }
    // Not in order: one node that hangs must not keep those behind it from being called.
    let mut outcomes: Vec<_> =
        stream::iter(running).buffer_unordered(FAN_OUT_IN_FLIGHT_MAX).collect().await;
    outcomes.sort_by_key(|(order, _)| *order);
    outcomes.into_iter().map(|(_, outcome)| outcome).collect()
}

/// The call starts when this is first polled, with the time that is left then.
async fn call_node(spec: &'static OperationSpec, context: &NodeContext, call: NodeCall) -> Outcome {
    let NodeCall { member, arguments } = call;
    let node = member.name.clone();
    if !member.status.is_callable() {
        // A dead member stays in the list: the caller asked for all, so it shows up as a failure.
        return Err(Failure::of_call(node, CallError::Unavailable));
    }
    if context.time_left().is_zero() {
        return Err(not_called(node));
    }
    let is_here = member.name == *context.node();
    let answered = if is_here {
        let running = execute(spec, context.clone(), arguments.borrowed());
        running.await
    } else {
        let running = call_peer(spec, context, &member, OwnedArguments::clone(&arguments));
        let deadline = context.invocation.deadline;
        let Ok(answered) = tokio::time::timeout_at(deadline, running).await else {
            return Err(Failure::of_call(node, CallError::TimedOut));
        };
        answered
    };
    let value = answered.and_then(Reply::into_json).and_then(|json| raw_value(&json));
    value.map_err(|error| one_failure(node, is_here, &error))
}

/// Its turn came too late.
pub(crate) fn not_called(node: NodeName) -> Failure {
    let detail = format!("the deadline passed before node `{node}` was called");
    Failure { detail, ..Failure::of_call(node, CallError::Late) }
}

/// Runs the operation on another node.
pub(crate) fn call_peer(
    spec: &'static OperationSpec,
    context: &NodeContext,
    member: &Member,
    arguments: OwnedArguments,
) -> BoxFuture<'static, Result<Reply, OperationError>> {
    let time_left = context.time_left();
    let envelope = envelope(spec, context, arguments);
    let answer = context.node.cluster.call(&member.name, envelope.encode(), time_left);
    let node = member.name.clone();
    Box::pin(async move {
        let bytes = answer.await.map_err(|error| call_failed(&node, error))?;
        decode_answer(bytes).map_err(|error| {
            OperationError::internal().because(format!("answer of node `{node}`: {error}"))
        })?
    })
}

/// The invocation, as another node gets it.
pub(crate) fn envelope(
    spec: &OperationSpec,
    context: &NodeContext,
    arguments: OwnedArguments,
) -> Envelope {
    Envelope {
        operation: spec.name.to_owned(),
        schema_digest: schema_digest(spec),
        principal: context.invocation.principal.clone(),
        request_id: context.invocation.request_id.clone(),
        trace_context: Some(context.invocation.trace.to_string()),
        idempotency_key: context.invocation.idempotency_key.clone(),
        last_event_id: context.invocation.last_event_id.clone(),
        sent_at_ms: context.node.wall_clock_ms(),
        time_left_ms: milliseconds(context.time_left()),
        mode: context.mode(),
        arguments,
    }
}

/// The error of a call whose only addressee failed.
pub(crate) fn call_failed(node: &NodeName, error: CallError) -> OperationError {
    let failure = Failure::of_call(node.clone(), error);
    OperationError::new(crate::error::call_error_code(error), failure.detail.clone())
        .with_failures(vec![failure])
}

/// The error of one node as its line in the answer of all. Each node logs the failures of its own
/// runs; an error of another node that has a reason here is an answer that cannot be read.
pub(crate) fn one_failure(node: NodeName, is_here: bool, error: &OperationError) -> Failure {
    if !is_here && error.source().is_some() {
        tracing::error!(%node, error = %ErrorChain(error), "a node answered something else");
    }
    Failure::of_error(node, error)
}

fn raw_value(json: &[u8]) -> Result<Box<RawValue>, OperationError> {
    serde_json::from_slice(json).map_err(|error| {
        OperationError::internal().because(format!("a node answered something else: {error}"))
    })
}
