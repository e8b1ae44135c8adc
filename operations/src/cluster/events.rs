//! `GET /api/v1/cluster/events`

use arsenal_cluster::{
    membership::{ClusterEvent, EventFilter, EventId, EventKind, watch_events},
    node::{NodeRuntime, RuntimeExt as _},
};
use arsenal_core::{
    answer::Stream,
    error::{Violation, ViolationPlace},
    membership::MembershipView,
    prelude::*,
};
use futures_util::StreamExt as _;

/// Tells what happens in the cluster, as this node sees it.
///
/// Every node sees the cluster for itself, and during a partition they differ: ask each of them to
/// compare. Ids name node, start and number of an event. A client that comes back with the last one
/// misses nothing that is still remembered (1,000 events); where something is missing in between, after
/// a restart too, the first event is `events_missed` and says why. A node that this one does not know is
/// `not_found`: nothing would ever be told of it.
#[operation(get, "/api/v1/cluster/events", tag = "cluster", stream)]
pub async fn events(
    context: NodeContext,
    /// Only events of this kind. May be repeated.
    #[param(name = "kind", length(max = 16))]
    kinds: Option<Vec<EventKind>>,
    /// Only events about this node. Verdicts, voters and pauses are about the node that tells them.
    node: Option<NodeName>,
    /// Begin with so many of the last events, where no `Last-Event-ID` says where to go on.
    #[param(range(max = 1000), default = 0)]
    replay: u32,
) -> Result<impl Stream<Item = Result<Event<ClusterEvent>, OperationError>>, OperationError> {
    if let Some(node) = &node {
        check_known(node, &context.membership())?;
    }
    let filter = EventFilter { kinds: kinds.into_iter().flatten().collect(), node };
    follow(context.runtime()?, filter, context.last_event_id(), replay)
}

/// A name that is spelled wrong would be an endless silence.
fn check_known(node: &NodeName, view: &MembershipView) -> Result<(), OperationError> {
    if view.member(node.as_str()).is_some() || view.left.contains(node) {
        return Ok(());
    }
    let known: Vec<NodeName> = view.members.iter().map(|member| member.name.clone()).collect();
    let error = OperationError::not_found(format!("no node `{node}` in this cluster"));
    Err(error.suggest(format!("the nodes are {}", NodeName::listed(&known))))
}

fn follow(
    runtime: &NodeRuntime,
    filter: EventFilter,
    last: Option<&str>,
    replay: u32,
) -> Result<impl Stream<Item = Result<Event<ClusterEvent>, OperationError>> + use<>, OperationError>
{
    let last = last.map(str::parse::<EventId>).transpose();
    let last = last.map_err(|invalid| bad_id(&invalid))?;
    let replay = usize::try_from(replay).unwrap_or(usize::MAX);
    let log = runtime.events();
    let events = watch_events(log, filter, last.as_ref(), replay, *runtime.clock());
    let (start, events) = (log.id(0), events.map_err(|unknown| bad_id(&unknown))?);
    Ok(events.map(move |event| {
        let id = EventId { number: event.number, ..start.clone() };
        Ok(Event::new(id, event))
    }))
}

fn bad_id(why: &impl ToString) -> OperationError {
    let place = ViolationPlace::Header;
    OperationError::invalid_input([Violation::of(place, "Last-Event-ID", why.to_string())])
}
