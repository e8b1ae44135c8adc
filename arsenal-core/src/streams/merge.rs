//! The streams of all nodes as one: whoever has an event is next, and nobody twice before the others.
//!
//! Nothing is taken from a node before the client has room for it, so nothing waits here.

use std::{
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
    vec,
};

use bytes::{BufMut as _, Bytes, BytesMut};
use futures_util::{
    StreamExt as _,
    future::BoxFuture,
    stream::{SelectAll, select_all},
};
use tokio::{sync::Semaphore, time::timeout_at};

use super::{open_peer, places::MergedPlaces};
use crate::{
    answer::{Emitted, EncodedEvent, EventStream, Reply, Stream},
    arguments::OwnedArguments,
    context::NodeContext,
    error::{Failure, OperationError},
    execution::execute,
    fan_out::{not_called, one_failure},
    limits::FAN_OUT_IN_FLIGHT_MAX,
    membership::{CallError, Member},
    name::NodeName,
    spec::OperationSpec,
};

/// Starts the operation on every node, and is done as soon as one of them has given its stream; says
/// also whether others have failed by then. Those that are still starting come in later.
///
/// # Errors
/// That of the most severe failure, where every node has failed to start.
pub(crate) async fn merged(
    spec: &'static OperationSpec,
    context: NodeContext,
    members: Vec<Member>,
    arguments: OwnedArguments,
    places: MergedPlaces,
) -> Result<(EventStream, bool), OperationError> {
    let (arguments, turns) = (Arc::new(arguments), Arc::new(Semaphore::new(FAN_OUT_IN_FLIGHT_MAX)));
    let start = |member: Member| {
        let mut context = context.clone();
        context.invocation.last_event_id = places.last_of(&member.name);
        let (arguments, turns) = (Arc::clone(&arguments), Arc::clone(&turns));
        let node = member.name.clone();
        let is_here = node == *context.node();
        let opening = Box::pin(open(spec, context, member, arguments, turns));
        NodeStream { node, is_here, state: NodeState::Opening(opening) }
    };
    let mut nodes = select_all(members.into_iter().map(start));
    let mut failures = Vec::new();
    loop {
        match nodes.next().await {
            Some((_, Step::Failed(failure))) => failures.push(failure),
            // The first step of a node that has not failed is that it has started.
            Some(_) => break,
            None => return Err(OperationError::of_failures(0, failures)),
        }
    }
    let is_partial = !failures.is_empty();
    let unsaid = failures.clone().into_iter();
    let stream = Merged { nodes, unsaid, failures, has_ended_well: false, places };
    Ok((EventStream::new(stream), is_partial))
}

/// The operation's stream on one node.
async fn open(
    spec: &'static OperationSpec,
    context: NodeContext,
    member: Member,
    arguments: Arc<OwnedArguments>,
    turns: Arc<Semaphore>,
) -> Result<EventStream, Failure> {
    let node = member.name.clone();
    if !member.status.is_callable() {
        return Err(Failure::of_call(node, CallError::Unavailable));
    }
    let Ok(Ok(_turn)) = timeout_at(context.invocation.deadline, turns.acquire()).await else {
        return Err(not_called(node));
    };
    let is_here = member.name == *context.node();
    let opened = if is_here {
        execute(spec, context, arguments.borrowed()).await.and_then(Reply::into_events)
    } else {
        open_peer(spec, &context, &member, OwnedArguments::clone(&arguments)).await
    };
    opened.map_err(|error| one_failure(node, is_here, &error))
}

/// One node's part.
struct NodeStream {
    node: NodeName,
    is_here: bool,
    state: NodeState,
}

enum NodeState {
    Opening(BoxFuture<'static, Result<EventStream, Failure>>),
    Open(EventStream),
    Over,
}

/// What happens next on one node.
enum Step {
    Opened,
    Event(EncodedEvent),
    Failed(Failure),
    Ended,
}

impl NodeStream {
    fn over(&mut self, last: Step) -> Step {
        self.state = NodeState::Over;
        last
    }
}

impl Stream for NodeStream {
    type Item = (NodeName, Step);

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = &mut *self;
        let step = match &mut this.state {
            NodeState::Opening(opening) => match ready!(opening.as_mut().poll(cx)) {
                Ok(events) => {
                    this.state = NodeState::Open(events);
                    Step::Opened
                }
                Err(failure) => this.over(Step::Failed(failure)),
            },
            NodeState::Open(events) => match ready!(events.poll_next_unpin(cx)) {
                Some(Ok(Emitted::Event(event))) => Step::Event(event),
                Some(Ok(Emitted::Failed(failure))) => this.over(Step::Failed(failure)),
                Some(Err(error)) => {
                    let failure = one_failure(this.node.clone(), this.is_here, &error);
                    this.over(Step::Failed(failure))
                }
                None => this.over(Step::Ended),
            },
            NodeState::Over => return Poll::Ready(None),
        };
        Poll::Ready(Some((this.node.clone(), step)))
    }
}

/// All nodes' parts.
struct Merged {
    nodes: SelectAll<NodeStream>,
    /// Failures from before the first node had started.
    unsaid: vec::IntoIter<Failure>,
    failures: Vec<Failure>,
    has_ended_well: bool,
    places: MergedPlaces,
}

impl Merged {
    fn event(&mut self, node: NodeName, event: EncodedEvent) -> EncodedEvent {
        let data = with_node(&node, &event.data);
        let id = event.id.and_then(|id| {
            self.places.set(node, id);
            self.places.to_id()
        });
        EncodedEvent { id, data }
    }
}

impl Stream for Merged {
    type Item = Result<Emitted, OperationError>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if let Some(failure) = self.unsaid.next() {
            return Poll::Ready(Some(Ok(Emitted::Failed(failure))));
        }
        loop {
            let emitted = match ready!(self.nodes.poll_next_unpin(cx)) {
                Some((node, Step::Event(event))) => Emitted::Event(self.event(node, event)),
                Some((_, Step::Failed(failure))) => {
                    self.failures.push(failure.clone());
                    Emitted::Failed(failure)
                }
                Some((_, Step::Opened)) => continue,
                Some((_, Step::Ended)) => {
                    self.has_ended_well = true;
                    continue;
                }
                None if self.has_ended_well => return Poll::Ready(None),
                None => {
                    let failures = std::mem::take(&mut self.failures);
                    return Poll::Ready(Some(Err(OperationError::of_failures(0, failures))));
                }
            };
            return Poll::Ready(Some(Ok(emitted)));
        }
    }
}

/// A [`NodeEvent`](crate::answer::NodeEvent) around data that is encoded already.
fn with_node(node: &NodeName, data: &[u8]) -> Bytes {
    let mut json = BytesMut::with_capacity(node.as_str().len() + data.len() + 24);
    // The name of a node has no letter that JSON would escape.
    json.put_slice(b"{\"node\":\"");
    json.put_slice(node.as_str().as_bytes());
    json.put_slice(b"\",\"data\":");
    json.put_slice(data);
    json.put_u8(b'}');
    json.freeze()
}
