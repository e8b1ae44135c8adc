//! The whole plan of an invocation: authorize → admit → target → check → fan out → gather.
//!
//! Read from the top, this is the way of every request, whatever surface it came by.

#[cfg(test)]
#[path = "dispatch_tests.rs"]
mod tests;

use std::sync::Arc;

use futures_util::future::BoxFuture;

use crate::{
    answer::{Gather, Reply},
    arguments::{Arguments, OwnedArguments},
    authorize::authorize,
    context::NodeContext,
    error::{Code, Failure, OperationError},
    execute::{execute, guarded},
    fan_out::{NodeCall, call_peer, fan_out},
    gather::Gathered,
    membership::{CallError, Member},
    name::NodeName,
    pages::{PageRequest, page},
    partition::{admit, is_stale},
    spec::{OperationSpec, Require, Target},
    target::{Addressed, choose},
};

/// An answer with what the surface says about it.
#[derive(Debug)]
pub struct Answered {
    /// The encoded answer.
    pub reply: Reply,
    /// Whether a node that was asked gave no answer.
    pub is_partial: bool,
    /// Whether this node is cut off from the majority, so that the answer may be old.
    pub is_stale: bool,
}

/// Runs an operation on the nodes that it addresses. All checks are done before this returns;
/// the future owns what it needs.
pub fn dispatch(
    spec: &'static OperationSpec,
    context: NodeContext,
    arguments: Arguments<'_>,
) -> BoxFuture<'static, Result<Answered, OperationError>> {
    let view = context.membership();
    let is_stale = is_stale(&view.quorum);
    let addressed = authorize(spec, context.principal())
        .and_then(|()| admit(spec, &view.quorum))
        .and_then(|()| {
            let named = named_node(spec.target, arguments);
            choose(spec.target, named.as_deref(), &view)
        });
    let running = match addressed {
        Ok(Addressed::Here) => here(spec, context, arguments),
        Ok(Addressed::Peer(member)) => peer(spec, &context, &member, arguments),
        Ok(Addressed::Nodes(members)) => nodes(spec, context, members, arguments),
        Err(error) => refuse(spec, error, arguments),
    };
    Box::pin(async move {
        let (reply, is_partial) = running.await.map_err(|error| error.in_cluster(&view.quorum))?;
        Ok(Answered { reply, is_partial, is_stale })
    })
}

type Running = BoxFuture<'static, Result<(Reply, bool), OperationError>>;

/// Decoding is the check: it happens before `execute` returns.
fn here(spec: &'static OperationSpec, context: NodeContext, arguments: Arguments<'_>) -> Running {
    let running = execute(spec, context, arguments);
    Box::pin(async move { Ok((running.await?, false)) })
}

fn peer(
    spec: &'static OperationSpec,
    context: &NodeContext,
    member: &Member,
    arguments: Arguments<'_>,
) -> Running {
    if let Err(error) = check(spec, arguments) {
        return failed(error);
    }
    let running = call_peer(spec, context, member, OwnedArguments::copied(spec, arguments));
    Box::pin(async move { Ok((Reply::Json(running.await?), false)) })
}

fn nodes(
    spec: &'static OperationSpec,
    context: NodeContext,
    members: Vec<Member>,
    arguments: Arguments<'_>,
) -> Running {
    if let Err(error) = prepare(spec, &members, arguments) {
        return failed(error);
    }
    let arguments = OwnedArguments::copied(spec, arguments);
    if let Gather::Pages = spec.gather {
        return match PageRequest::read(spec, &arguments) {
            Ok(request) => {
                Box::pin(async move { page(spec, &context, members, &arguments, request).await })
            }
            Err(error) => failed(error),
        };
    }
    Box::pin(async move {
        let arguments = Arc::new(arguments);
        let call = |member| NodeCall { member, arguments: Arc::clone(&arguments) };
        let calls = members.into_iter().map(call).collect();
        let gathered = Gathered::of(fan_out(spec, &context, calls).await);
        gathered.suffice(spec.require)?;
        let is_partial = !gathered.failures.is_empty();
        Ok((guarded(spec, || gathered.into_reply(spec.gather))?, is_partial))
    })
}

/// What the entry node makes sure of before it sends anything.
fn prepare(
    spec: &OperationSpec,
    members: &[Member],
    arguments: Arguments<'_>,
) -> Result<(), OperationError> {
    check(spec, arguments)?;
    let missing: Vec<&NodeName> = members
        .iter()
        .filter(|member| !member.status.is_callable())
        .map(|member| &member.name)
        .collect();
    match missing.first() {
        Some(first) if spec.require == Require::All => {
            let failure =
                |node: &&NodeName| Failure::of_call((*node).clone(), CallError::Unavailable);
            let detail = format!(
                "`{}` needs every node, and node `{first}` is not reachable; nothing was executed",
                spec.name
            );
            Err(OperationError::new(Code::NodeRequired, detail)
                .with_failures(missing.iter().map(failure).collect()))
        }
        _ => Ok(()),
    }
}

/// Decodes strictly and forgets the values; runs code of the user's types.
fn check(spec: &OperationSpec, arguments: Arguments<'_>) -> Result<(), OperationError> {
    guarded(spec, || (spec.check)(arguments).map_err(OperationError::from))
}

/// A bad request gets its violations even where the node that it names is unknown too: whoever
/// calls can mend both at once.
fn refuse(spec: &OperationSpec, error: OperationError, arguments: Arguments<'_>) -> Running {
    if *error.code() == Code::NotFound
        && let Err(invalid) = check(spec, arguments)
    {
        return failed(invalid);
    }
    failed(error)
}

fn failed(error: OperationError) -> Running {
    Box::pin(std::future::ready(Err(error)))
}

/// The node that the request names, where the target looks at one.
fn named_node(target: Target, arguments: Arguments<'_>) -> Option<String> {
    match target {
        Target::Here | Target::Any | Target::AllNodes { only: None } => None,
        Target::AllNodes { only: Some(parameter) } | Target::Node { parameter } => {
            arguments.text(parameter)
        }
    }
}
