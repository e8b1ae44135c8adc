//! Streams that run on this node: each has a permit, and a panic in one is its last event.

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

use super::{admission::Permit, begin::begin};
use crate::{
    answer::{Emitted, EventStream, Reply, Stream},
    arguments::Arguments,
    context::NodeContext,
    error::{Code, OperationError},
    limits::{STREAM_TIME, STREAMS_MAX},
    spec::OperationSpec,
    telemetry::{Run, StreamRun},
};

/// Room for the streams of one node.
#[derive(Debug)]
pub(crate) struct StreamPermits(Arc<Semaphore>);

/// One stream's room, for as long as it is held.
#[derive(Debug)]
pub(crate) struct StreamPermit(
    #[expect(dead_code, reason = "given back when dropped")] OwnedSemaphorePermit,
);

impl Default for StreamPermits {
    fn default() -> Self {
        Self(Arc::new(Semaphore::new(STREAMS_MAX)))
    }
}

impl StreamPermits {
    /// `overloaded` where no more stream has room.
    pub(crate) fn take(&self) -> Result<StreamPermit, OperationError> {
        Arc::clone(&self.0).try_acquire_owned().map(StreamPermit).map_err(|_full| {
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
    run: &Run,
    mut context: NodeContext,
    arguments: Arguments<'_>,
    entered: Option<Permit>,
) -> Result<BoxFuture<'static, Result<Reply, OperationError>>, OperationError> {
    let permit = context.node.streams.take()?;
    context.invocation.deadline = Instant::now() + STREAM_TIME;
    let starting = begin(spec, run.state(), context, arguments)?;
    let run = run.of_stream();
    Ok(Box::pin(async move {
        Ok(match starting.await? {
            Reply::Stream(events) => {
                let events = Some(events);
                Reply::Stream(EventStream::new(Guarded {
                    run,
                    events,
                    _permit: permit,
                    _entered: entered,
                }))
            }
            value @ (Reply::Json(_) | Reply::Replayed(_) | Reply::DryRun(_)) => value,
        })
    }))
}

/// A stream of the user's, wherever it is polled and dropped.
struct Guarded {
    run: StreamRun,
    events: Option<EventStream>,
    _permit: StreamPermit,
    _entered: Option<Permit>,
}

impl Guarded {
    /// Drops the stream, which runs code of the user's, too.
    fn release(&mut self) {
        let Some(events) = self.events.take() else { return };
        if let Err(panicked) = self.run.guarded(|| drop(events)) {
            self.run.failed(&panicked);
        }
    }
}

impl Stream for Guarded {
    type Item = Result<Emitted, OperationError>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = &mut *self;
        let Some(events) = &mut this.events else { return Poll::Ready(None) };
        let polled = this.run.guarded(|| Pin::new(events).poll_next(cx));
        let is_panic = polled.is_err();
        let polled = polled.unwrap_or_else(|panicked| Poll::Ready(Some(Err(panicked))));
        if let Poll::Ready(Some(Err(error))) = &polled {
            this.run.failed(error);
        }
        if is_panic {
            this.release();
        }
        polled
    }
}

impl Drop for Guarded {
    fn drop(&mut self) {
        self.release();
    }
}
