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
    ownership::{rehearse_at_owner, run_at_owner},
    pages::{PageRequest, page},
    partition::{admit, is_stale},
    rehearsal::rehearse_itself,
    spec::{OperationSpec, Require, Target},
    streams::{MergedPlaces, merged, open_peer},
    target::{Addressed, choose},
    telemetry::{self, Run},
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
    let admitted = authorize(spec, context.principal()).and_then(|()| admit(spec, &view.quorum));
    let running = match (admitted, spec.target) {
        (Ok(()), Target::Owner { parameter }) => owned(spec, context, parameter, arguments),
        (Ok(()), _) => planned(spec, context, &view, arguments),
        (Err(error), _) => refused(spec, &context, error),
    };
    Dispatching { running, view, is_stale }
}

/// Runs it on the nodes that are known from the request and the view alone.
fn planned(
    spec: &'static OperationSpec,
    context: NodeContext,
    view: &MembershipView,
    arguments: Arguments<'_>,
) -> Running {
    let named = named_node(spec.target, arguments);
    match choose(spec.target, named.as_deref(), view) {
        Ok(Addressed::Here) if context.invocation.is_dry_run && spec.rehearse.is_some() => {
            Running::Rehearsal(Box::pin(rehearse_itself(spec, context, arguments)))
        }
        Ok(addressed) if context.invocation.is_dry_run => {
            rehearse(spec, &context, &addressed, arguments)
        }
        // Decoding is the check: it happens before `execute` returns.
        Ok(Addressed::Here) => Running::Here(execute(spec, context, arguments)),
        Ok(Addressed::Peer(member)) => peer(spec, context, &member, arguments),
        Ok(Addressed::Nodes(members)) => nodes(spec, context, members, arguments),
        Err(error) => refuse(spec, &context, error, arguments),
    }
}

/// Who owns what the request names has to be asked first. Bad arguments are refused before.
fn owned(
    spec: &'static OperationSpec,
    mut context: NodeContext,
    parameter: &'static str,
    arguments: Arguments<'_>,
) -> Running {
    if let Err(error) = check(spec, &context, arguments) {
        return refused(spec, &context, error);
    }
    let named = arguments.text(parameter).unwrap_or_default();
    if context.invocation.is_dry_run {
        return Running::Rehearsal(Box::pin(rehearse_at_owner(spec, context, named)));
    }
    let run = Run::dispatch(spec, &mut context, &arguments);
    let owned = OwnedArguments::copied(spec, arguments);
    Running::Elsewhere(run, Box::pin(run_at_owner(spec, context, named, owned)))
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
    Elsewhere(Run, Gathering),
    /// A dry run that has to ask who would run it.
    Rehearsal(BoxFuture<'static, Result<Reply, OperationError>>),
    /// Nobody needs to be asked. Given once.
    Known(Option<Result<Reply, OperationError>>),
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
            Running::Elsewhere(run, gathering) => {
                let outcome = ready!(run.in_span(|| gathering.as_mut().poll(cx)));
                run.end(&outcome);
                outcome
            }
            Running::Rehearsal(plan) => ready!(plan.as_mut().poll(cx)).map(|plan| (plan, false)),
            Running::Known(outcome) => outcome
                .take()
                .unwrap_or_else(|| Err(OperationError::internal()))
                .map(|reply| (reply, false)),
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
    mut context: NodeContext,
    member: &Member,
    arguments: Arguments<'_>,
) -> Running {
    if let Err(error) = check(spec, &context, arguments) {
        return refused(spec, &context, error);
    }
    let run = Run::dispatch(spec, &mut context, &arguments);
    let owned = OwnedArguments::copied(spec, arguments);
    if spec.is_stream() {
        let opening = open_peer(spec, &context, member, owned);
        let opened = async move { Ok((Reply::Stream(opening.await?), false)) };
        return Running::Elsewhere(run, Box::pin(opened));
    }
    let running = call_peer(spec, &context, member, owned);
    Running::Elsewhere(run, Box::pin(async move { Ok((running.await?, false)) }))
}

fn nodes(
    spec: &'static OperationSpec,
    mut context: NodeContext,
    members: Vec<Member>,
    arguments: Arguments<'_>,
) -> Running {
    if let Err(error) = prepare(spec, &context, &members, arguments) {
        return refused(spec, &context, error);
    }
    let owned = OwnedArguments::copied(spec, arguments);
    let way = match Way::of(spec, &context, &owned) {
        Ok(way) => way,
        Err(error) => return refused(spec, &context, error),
    };
    let run = Run::dispatch(spec, &mut context, &arguments);
    Running::Elsewhere(run, Box::pin(gather(spec, context, members, owned, way)))
}

/// How the answers of many nodes come together.
enum Way {
    /// When all are there.
    Once,
    /// As one page.
    Page(PageRequest),
    /// As one stream.
    Stream(MergedPlaces),
}

impl Way {
    fn of(
        spec: &OperationSpec,
        context: &NodeContext,
        arguments: &OwnedArguments,
    ) -> Result<Self, OperationError> {
        if spec.is_stream() {
            return Ok(Self::Stream(MergedPlaces::read(context.last_event_id())?));
        }
        match spec.gather {
            Gather::Pages => PageRequest::read(spec, arguments).map(Self::Page),
            Gather::PerNode | Gather::With(_) => Ok(Self::Once),
        }
    }
}

async fn gather(
    spec: &'static OperationSpec,
    context: NodeContext,
    members: Vec<Member>,
    arguments: OwnedArguments,
    way: Way,
) -> Result<(Reply, bool), OperationError> {
    match way {
        Way::Once => {}
        Way::Page(request) => return page(spec, &context, members, &arguments, request).await,
        Way::Stream(places) => {
            let merged = merged(spec, context, members, arguments, places).await;
            return merged.map(|(events, is_partial)| (Reply::Stream(events), is_partial));
        }
    }
    let arguments = Arc::new(arguments);
    let call = |member| NodeCall { member, arguments: Arc::clone(&arguments) };
    let calls = members.into_iter().map(call).collect();
    let gathered = Gathered::of(fan_out(spec, &context, calls).await);
    gathered.suffice(spec.require)?;
    let is_partial = !gathered.failures.is_empty();
    Ok((guarded(&context.node, spec, || gathered.into_reply(spec.gather))?, is_partial))
}

/// Everything but the run: the same refusals, and the nodes that would be asked.
fn rehearse(
    spec: &'static OperationSpec,
    context: &NodeContext,
    addressed: &Addressed,
    arguments: Arguments<'_>,
) -> Running {
    let checked = match addressed {
        Addressed::Here | Addressed::Peer(_) => check(spec, context, arguments),
        Addressed::Nodes(members) => prepare(spec, context, members, arguments).and_then(|()| {
            Way::of(spec, context, &OwnedArguments::copied(spec, arguments)).map(drop)
        }),
    };
    let plan = |()| DryRun::of(spec, addressed, &context.membership())?.into_reply();
    match checked.and_then(plan) {
        Ok(plan) => Running::Known(Some(Ok(plan))),
        Err(error) => refused(spec, context, error),
    }
}

/// What the entry node makes sure of before it sends anything.
fn prepare(
    spec: &'static OperationSpec,
    context: &NodeContext,
    members: &[Member],
    arguments: Arguments<'_>,
) -> Result<(), OperationError> {
    check(spec, context, arguments)?;
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
fn check(
    spec: &'static OperationSpec,
    context: &NodeContext,
    arguments: Arguments<'_>,
) -> Result<(), OperationError> {
    guarded(&context.node, spec, || (spec.check)(arguments).map_err(OperationError::from))
}

/// A bad request gets its violations even where the node that it names is unknown or gone, too: whoever
/// calls can mend both at once.
fn refuse(
    spec: &'static OperationSpec,
    context: &NodeContext,
    error: OperationError,
    arguments: Arguments<'_>,
) -> Running {
    if matches!(error.code(), Code::NotFound | Code::NodeUnavailable)
        && let Err(invalid) = check(spec, context, arguments)
    {
        return refused(spec, context, invalid);
    }
    refused(spec, context, error)
}

fn refused(spec: &'static OperationSpec, context: &NodeContext, error: OperationError) -> Running {
    telemetry::refused(&context.node, spec, context.request_id(), &error);
    Running::Known(Some(Err(error)))
}

/// The node that the request names, where the target looks at one.
fn named_node(target: Target, arguments: Arguments<'_>) -> Option<String> {
    match target {
        Target::Here | Target::Any | Target::Owner { .. } | Target::AllNodes { only: None } => None,
        Target::AllNodes { only: Some(parameter) } | Target::Node { parameter } => {
            arguments.text(parameter)
        }
    }
}
