//! A stream that another node gives.

use std::{
    pin::Pin,
    task::{Context, Poll, ready},
};

use bytes::Bytes;
use futures_util::{StreamExt as _, future::BoxFuture};
use tokio::time::timeout_at;

use crate::{
    answer::{Emitted, EventStream, Stream},
    arguments::OwnedArguments,
    context::NodeContext,
    envelope::StreamItem,
    error::OperationError,
    execution::StreamPermit,
    fan_out::{call_failed, envelope},
    membership::{CallError, Member, PeerStream},
    name::NodeName,
    request_id::RequestId,
    spec::OperationSpec,
    telemetry,
};

/// Starts the operation on another node; done when it has given its stream there, or has refused to.
/// The deadline of the invocation bounds that.
pub(crate) fn open_peer(
    spec: &'static OperationSpec,
    context: &NodeContext,
    member: &Member,
    arguments: OwnedArguments,
) -> BoxFuture<'static, Result<EventStream, OperationError>> {
    let permit = match context.node.streams.take() {
        Ok(permit) => permit,
        Err(full) => return Box::pin(std::future::ready(Err(full))),
    };
    let node = member.name.clone();
    let sent = envelope(spec, context, arguments).encode();
    let opening = context.node.cluster.open(&node, sent, context.time_left());
    let deadline = context.invocation.deadline;
    let request_id = context.request_id().clone();
    Box::pin(async move {
        let Ok(opened) = timeout_at(deadline, started(&node, opening)).await else {
            return Err(call_failed(&node, CallError::TimedOut));
        };
        let items = opened?;
        Ok(EventStream::new(PeerEvents { spec, request_id, node, items, _permit: permit }))
    })
}

/// The items behind the first one, which says whether it has started.
async fn started(
    node: &NodeName,
    opening: BoxFuture<'static, Result<PeerStream, CallError>>,
) -> Result<PeerStream, OperationError> {
    let mut items = opening.await.map_err(|error| call_failed(node, error))?;
    match items.next().await.map(|item| read(node, item)).transpose()? {
        Some(StreamItem::Opened) => Ok(items),
        Some(StreamItem::Failed(error)) => Err(error),
        Some(StreamItem::Event(_)) | None => Err(unexpected(node)),
    }
}

fn read(node: &NodeName, item: Result<Bytes, CallError>) -> Result<StreamItem, OperationError> {
    let bytes = item.map_err(|error| call_failed(node, error))?;
    StreamItem::decode(bytes).map_err(|error| {
        OperationError::internal().because(format!("stream of node `{node}`: {error}"))
    })
}

#[cold]
fn unexpected(node: &NodeName) -> OperationError {
    OperationError::internal().because(format!("the stream of node `{node}` is out of order"))
}

struct PeerEvents {
    spec: &'static OperationSpec,
    request_id: RequestId,
    node: NodeName,
    items: PeerStream,
    _permit: StreamPermit,
}

impl PeerEvents {
    fn emitted(&self, item: Result<Bytes, CallError>) -> Result<Emitted, OperationError> {
        let lost = match read(&self.node, item) {
            Ok(StreamItem::Event(event)) => return Ok(Emitted::Event(event)),
            // The other node has logged it, with its reason.
            Ok(StreamItem::Failed(error)) => return Err(error),
            Ok(StreamItem::Opened) => unexpected(&self.node),
            Err(lost) => lost,
        };
        telemetry::stream_lost(self.spec, &self.request_id, &lost);
        Err(lost)
    }
}

impl Stream for PeerEvents {
    type Item = Result<Emitted, OperationError>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let item = ready!(self.items.poll_next_unpin(cx));
        Poll::Ready(item.map(|item| self.emitted(item)))
    }
}
