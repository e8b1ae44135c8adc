//! A stream of encoded events, as operations give it and surfaces show it.

use std::{
    fmt,
    pin::Pin,
    task::{Context, Poll, ready},
};

use bytes::Bytes;
use futures_util::{Stream, stream::BoxStream};

use crate::{
    error::{Failure, OperationError},
    limits::EVENT_ID_BYTES_MAX,
};

/// Encoded events. Ends with the first error, and lets go of its source at the end.
pub struct EventStream(Option<BoxStream<'static, Result<Emitted, OperationError>>>);

/// One item of a stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Emitted {
    /// An event of the operation.
    Event(EncodedEvent),
    /// One of several nodes gives no more; the others go on.
    Failed(Failure),
}

/// One event, encoded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EncodedEvent {
    /// Its place in the stream, where a client can resume after it.
    pub id: Option<String>,
    /// One JSON value.
    pub data: Bytes,
}

impl EventStream {
    /// The stream of these items.
    pub fn new(
        items: impl Stream<Item = Result<Emitted, OperationError>> + Send + 'static,
    ) -> Self {
        Self(Some(Box::pin(items)))
    }
}

impl Stream for EventStream {
    type Item = Result<Emitted, OperationError>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let Some(source) = &mut self.0 else { return Poll::Ready(None) };
        let item = ready!(source.as_mut().poll_next(cx));
        if !matches!(item, Some(Ok(_))) {
            self.0 = None;
        }
        Poll::Ready(item)
    }
}

impl fmt::Debug for EventStream {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("EventStream").field("has_ended", &self.0.is_none()).finish()
    }
}

/// Whether a text can be the id of an event: a line of server-sent events, and a header.
pub(crate) fn is_event_id(id: &str) -> bool {
    (1..=EVENT_ID_BYTES_MAX).contains(&id.len()) && !id.contains(char::is_control)
}
