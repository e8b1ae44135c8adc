//! Streams that run on this node: each has a place, and a panic in one is its last event.

use std::{
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};

use futures_util::future::BoxFuture;
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    time::Instant,
};

use super::{admission::Place, begin::begin, guard::guarded};
use crate::{
    answer::{Emitted, EventStream, Reply, Stream},
    arguments::Arguments,
    context::{NodeContext, NodeParts},
    error::{Code, OperationError},
    limits::{STREAM_TIME, STREAMS_MAX},
    spec::OperationSpec,
};

/// Room for the streams of one node.
#[derive(Debug)]
pub(crate) struct StreamPlaces(Arc<Semaphore>);

/// One stream's room, for as long as it is held.
#[derive(Debug)]
pub(crate) struct StreamPlace(
    #[expect(dead_code, reason = "given back when dropped")] OwnedSemaphorePermit,
);

impl Default for StreamPlaces {
    fn default() -> Self {
        Self(Arc::new(Semaphore::new(STREAMS_MAX)))
    }
}

impl StreamPlaces {
    /// `overloaded` where no more stream has room.
    pub(crate) fn take(&self) -> Result<StreamPlace, OperationError> {
        Arc::clone(&self.0).try_acquire_owned().map(StreamPlace).map_err(|_full| {
            let detail = format!("this node has {STREAMS_MAX} streams open, and no more at once");
            OperationError::new(Code::Overloaded, detail)
                .suggest("ask again later, or another node")
        })
    }
}

/// As the `call` of the operation, which runs code of the user's. The deadline of the invocation
/// bounds its start, which is left to the caller; the function itself sees no end.
pub(super) fn start(
    spec: &'static OperationSpec,
    mut context: NodeContext,
    arguments: Arguments<'_>,
    entered: Option<Place>,
) -> Result<BoxFuture<'static, Result<Reply, OperationError>>, OperationError> {
    let place = context.node.streams.take()?;
    context.invocation.deadline = Instant::now() + STREAM_TIME;
    let node = Arc::clone(&context.node);
    let starting = begin(spec, node.operations.get(spec), context, arguments)?;
    Ok(Box::pin(async move {
        Ok(match starting.await? {
            Reply::Stream(events) => {
                let events = Some(events);
                Reply::Stream(EventStream::new(Guarded {
                    spec,
                    node,
                    events,
                    _place: place,
                    _entered: entered,
                }))
            }
            value @ (Reply::Json(_) | Reply::Replayed(_) | Reply::DryRun(_)) => value,
        })
    }))
}

/// A stream of the user's, wherever it is polled and dropped.
struct Guarded {
    spec: &'static OperationSpec,
    node: Arc<NodeParts>,
    events: Option<EventStream>,
    _place: StreamPlace,
    _entered: Option<Place>,
}

impl Guarded {
    /// Drops the stream, which runs code of the user's, too.
    fn release(&mut self) {
        let dropped = guarded(&self.node, self.spec, || {
            drop(self.events.take());
            Ok(())
        });
        if let Err(error) = dropped {
            tracing::error!(operation = self.spec.name, ?error, "a stream could not be dropped");
        }
    }
}

impl Stream for Guarded {
    type Item = Result<Emitted, OperationError>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = &mut *self;
        let Some(events) = &mut this.events else { return Poll::Ready(None) };
        guarded(&this.node, this.spec, || Ok(Pin::new(events).poll_next(cx))).unwrap_or_else(
            |panicked| {
                this.release();
                Poll::Ready(Some(Err(panicked)))
            },
        )
    }
}

impl Drop for Guarded {
    fn drop(&mut self) {
        self.release();
    }
}
