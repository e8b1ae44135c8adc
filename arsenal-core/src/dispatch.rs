//! The whole plan of an invocation: authorize → admit → target → check → fan out → gather.
//!
//! Read from the top, this is the way of every request, whatever surface it came by.

#[cfg(test)]
#[path = "dispatch_tests.rs"]
mod tests;

use std::{
    fmt,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
};

use futures_util::future::BoxFuture;

use crate::{
    answer::{DryRun, Gather, Reply},
    arguments::{Arguments, OwnedArguments},
    authorize::authorize,
    context::NodeContext,
    error::{Code, Failure, OperationError},
    execution::{Execution, execute, guarded},
    fan_out::{NodeCall, call_peer, fan_out},
    gather::Gathered,
    membership::{CallError, Member, MembershipView},
    name::NodeName,
    pages::{PageRequest, page},
    partition::{admit, is_stale},
    spec::{OperationSpec, Require, Target},
    streams::{MergedPlaces, merged, open_peer},
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
) -> Dispatching {
    let view = context.membership();
    let is_stale = is_stale(&view.quorum);
    let addressed = authorize(spec, context.principal())
        .and_then(|()| admit(spec, &view.quorum))
        .and_then(|()| {
            let named = named_node(spec.target, arguments);
            choose(spec.target, named.as_deref(), &view)
        });
    let running = match addressed {
        Ok(addressed) if context.invocation.is_dry_run => {
            Running::Elsewhere(rehearse(spec, &view, &addressed, arguments))
        }
        // Decoding is the check: it happens before `execute` returns.
        Ok(Addressed::Here) => Running::Here(execute(spec, context, arguments)),
        Ok(Addressed::Peer(member)) => Running::Elsewhere(peer(spec, &context, &member, arguments)),
        Ok(Addressed::Nodes(members)) => {
            Running::Elsewhere(nodes(spec, context, members, arguments))
        }
        Err(error) => Running::Elsewhere(refuse(spec, error, arguments)),
    };
    Dispatching { running, view, is_stale }
}

/// An invocation on its way through the cluster.
pub struct Dispatching {
    running: Running,
    view: Arc<MembershipView>,
    is_stale: bool,
}

/// What runs on this node alone is not boxed once more: that is most of what runs.
enum Running {
    Here(Execution),
    Elsewhere(Gathering),
}

/// A reply, and whether a node that was asked gave none.
type Gathering = BoxFuture<'static, Result<(Reply, bool), OperationError>>;

impl Future for Dispatching {
    type Output = Result<Answered, OperationError>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let outcome = match &mut self.running {
            Running::Here(execution) => {
                ready!(Pin::new(execution).poll(cx)).map(|reply| (reply, false))
            }
            Running::Elsewhere(gathering) => ready!(gathering.as_mut().poll(cx)),
        };
        let is_stale = self.is_stale;
        Poll::Ready(match outcome {
            Ok((reply, is_partial)) => Ok(Answered { reply, is_partial, is_stale }),
            Err(error) => Err(error.in_cluster(&self.view.quorum)),
        })
    }
}

impl fmt::Debug for Dispatching {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Dispatching")
            .field("is_stale", &self.is_stale)
            .finish_non_exhaustive()
    }
}

fn peer(
    spec: &'static OperationSpec,
    context: &NodeContext,
    member: &Member,
    arguments: Arguments<'_>,
) -> Gathering {
    if let Err(error) = check(spec, arguments) {
        return failed(error);
    }
    let arguments = OwnedArguments::copied(spec, arguments);
    if spec.is_stream() {
        let opening = open_peer(spec, context, member, arguments);
        return Box::pin(async move { Ok((Reply::Stream(opening.await?), false)) });
    }
    let running = call_peer(spec, context, member, arguments);
    Box::pin(async move { Ok((running.await?, false)) })
}

fn nodes(
    spec: &'static OperationSpec,
    context: NodeContext,
    members: Vec<Member>,
    arguments: Arguments<'_>,
) -> Gathering {
    if let Err(error) = prepare(spec, &members, arguments) {
        return failed(error);
    }
    let arguments = OwnedArguments::copied(spec, arguments);
    if spec.is_stream() {
        return match MergedPlaces::read(context.last_event_id()) {
            Ok(places) => Box::pin(async move {
                let opened = merged(spec, context, members, arguments, places).await;
                opened.map(|(events, is_partial)| (Reply::Stream(events), is_partial))
            }),
            Err(invalid) => failed(invalid.into()),
        };
    }
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

/// Everything but the run: the same refusals, and the nodes that would be asked.
fn rehearse(
    spec: &OperationSpec,
    view: &MembershipView,
    addressed: &Addressed,
    arguments: Arguments<'_>,
) -> Gathering {
    let checked = match addressed {
        Addressed::Here | Addressed::Peer(_) => check(spec, arguments),
        Addressed::Nodes(members) => prepare(spec, members, arguments),
    };
    let is_paged = matches!(spec.gather, Gather::Pages);
    let read = || PageRequest::read(spec, &OwnedArguments::copied(spec, arguments)).map(drop);
    let checked = checked.and_then(|()| if is_paged { read() } else { Ok(()) });
    let reply = checked.and_then(|()| DryRun::of(spec, addressed, view)?.into_reply());
    Box::pin(std::future::ready(reply.map(|reply| (reply, false))))
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
fn refuse(spec: &OperationSpec, error: OperationError, arguments: Arguments<'_>) -> Gathering {
    if *error.code() == Code::NotFound
        && let Err(invalid) = check(spec, arguments)
    {
        return failed(invalid);
    }
    failed(error)
}

fn failed(error: OperationError) -> Gathering {
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
