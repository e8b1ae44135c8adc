//! Server-sent events: the body of a stream.
//!
//! An event is `id:` and `data:`, a failed node `event: failure`. The last event is `end`, or
//! `problem` with the document of one: a body without either was cut off. (`error` is the name by which
//! `EventSource` tells its owner that the connection is lost.)

use std::{
    convert::Infallible,
    pin::Pin,
    task::{Context, Poll},
};

use axum::body::Body;
use bytes::{BufMut as _, Bytes, BytesMut};
use futures_util::{FutureExt as _, Stream, StreamExt as _, future::BoxFuture};
use http::{HeaderName, HeaderValue, header::CACHE_CONTROL};
use serde::Serialize;
use tokio::time::{Instant, Sleep, sleep};

use crate::{
    answer::{EVENTS_MEDIA_TYPE, Emitted, EncodedEvent, EventStream},
    error::OperationError,
    limits::HEARTBEAT_AFTER,
    request_id::RequestId,
};

/// The media type of a stream.
pub(super) const EVENTS: HeaderValue = HeaderValue::from_static(EVENTS_MEDIA_TYPE);

/// Neither stored nor held back on the way.
pub(super) const HEADERS: [(HeaderName, HeaderValue); 2] = [
    (CACHE_CONTROL, HeaderValue::from_static("no-store")),
    (HeaderName::from_static("x-accel-buffering"), HeaderValue::from_static("no")),
];

const HEARTBEAT: Bytes = Bytes::from_static(b":\n\n");

const END: Bytes = Bytes::from_static(b"event: end\ndata: {}\n\n");

/// The body of a stream. Dropping it ends the operation, wherever it runs. Once `closed` resolves, what
/// it says is the last event.
pub(super) fn body(
    request_id: RequestId,
    events: EventStream,
    closed: impl Future<Output = OperationError> + Send + 'static,
) -> Body {
    let silence = Box::pin(sleep(HEARTBEAT_AFTER));
    let closed = Box::pin(closed);
    Body::from_stream(Events { request_id, source: Some(events), closed, silence })
}

/// The last event of a stream that cannot go on, for surfaces that pass on a stream which has broken off.
pub fn problem_event(error: &OperationError, request_id: &str) -> Bytes {
    named("problem", &error.to_problem(request_id))
}

struct Events {
    request_id: RequestId,
    /// Taken with the last event.
    source: Option<EventStream>,
    closed: BoxFuture<'static, OperationError>,
    silence: Pin<Box<Sleep>>,
}

impl Stream for Events {
    type Item = Result<Bytes, Infallible>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = &mut *self;
        let Some(source) = &mut this.source else { return Poll::Ready(None) };
        // First: a stream that always has an event would never be closed.
        if let Poll::Ready(error) = this.closed.poll_unpin(cx) {
            return Poll::Ready(Some(Ok(this.written(Some(Err(error))))));
        }
        let written = match source.poll_next_unpin(cx) {
            Poll::Ready(item) => this.written(item),
            Poll::Pending if this.silence.as_mut().poll(cx).is_ready() => HEARTBEAT,
            Poll::Pending => return Poll::Pending,
        };
        this.silence.as_mut().reset(Instant::now() + HEARTBEAT_AFTER);
        Poll::Ready(Some(Ok(written)))
    }
}

impl Events {
    fn written(&mut self, item: Option<Result<Emitted, OperationError>>) -> Bytes {
        match item {
            Some(Ok(Emitted::Event(event))) => written(&event),
            Some(Ok(Emitted::Failed(failure))) => named("failure", &failure),
            Some(Err(error)) => {
                self.source = None;
                problem_event(&error, self.request_id.as_str())
            }
            None => {
                self.source = None;
                END
            }
        }
    }
}

fn written(event: &EncodedEvent) -> Bytes {
    let EncodedEvent { id, data } = event;
    let mut out = BytesMut::with_capacity(data.len() + id.as_ref().map_or(0, String::len) + 16);
    if let Some(id) = id {
        out.put_slice(b"id: ");
        out.put_slice(id.as_bytes());
        out.put_u8(b'\n');
    }
    put_data(&mut out, data);
    out.freeze()
}

fn named(name: &str, value: &impl Serialize) -> Bytes {
    let json = serde_json::to_vec(value).expect("failures and problems have only text keys");
    let mut out = BytesMut::with_capacity(json.len() + name.len() + 18);
    out.put_slice(b"event: ");
    out.put_slice(name.as_bytes());
    out.put_u8(b'\n');
    put_data(&mut out, &json);
    out.freeze()
}

fn put_data(out: &mut BytesMut, json: &[u8]) {
    out.put_slice(b"data: ");
    let is_break = |byte: &u8| matches!(byte, b'\n' | b'\r');
    if json.iter().any(is_break) {
        // Raw JSON of the user's. A line break in it is space: in a text it would be escaped.
        out.extend(json.iter().map(|byte| if is_break(byte) { b' ' } else { *byte }));
    } else {
        out.put_slice(json);
    }
    out.put_slice(b"\n\n");
}

#[cfg(test)]
mod tests {
    use std::future::{pending, ready};

    use futures_util::stream;
    use http_body_util::BodyExt as _;

    use super::*;

    fn streamed(events: EventStream) -> Body {
        body(RequestId::from_client("r-1").unwrap(), events, pending())
    }

    #[test]
    fn an_event_is_one_line_of_data() {
        let event = |id: Option<&str>, data| EncodedEvent { id: id.map(str::to_owned), data };
        let plain = written(&event(None, Bytes::from_static(b"{\n\r\"a\":1}")));
        assert_eq!(&plain[..], b"data: {  \"a\":1}\n\n");
        let placed = written(&event(Some("7"), Bytes::from_static(b"1")));
        assert_eq!(&placed[..], b"id: 7\ndata: 1\n\n");
    }

    #[tokio::test(start_paused = true)]
    async fn silence_is_broken_by_comments() {
        let mut body = streamed(EventStream::new(stream::pending()));
        for _ in 0..3 {
            let start = Instant::now();
            let frame = body.frame().await.unwrap().unwrap();
            assert_eq!(frame.into_data().unwrap(), HEARTBEAT);
            assert_eq!(start.elapsed().as_secs(), HEARTBEAT_AFTER.as_secs());
        }
    }

    #[tokio::test]
    async fn the_last_event_tells_an_end_from_a_problem() {
        let collected = async |events| streamed(events).collect().await.unwrap().to_bytes();
        assert_eq!(collected(EventStream::new(stream::empty())).await, END);
        let error = stream::iter([Err(OperationError::conflict("full"))]);
        let text = collected(EventStream::new(error)).await;
        let text = std::str::from_utf8(&text).unwrap();
        assert!(text.starts_with("event: problem\ndata: {\"type\":"), "{text}");
        assert!(text.contains(r#""request_id":"r-1""#) && text.ends_with("}\n\n"), "{text}");
    }
    #[tokio::test]
    async fn a_stream_that_never_pauses_is_closed_all_the_same() {
        let busy = stream::repeat_with(|| {
            let event = EncodedEvent { id: None, data: Bytes::from_static(b"1") };
            Ok(Emitted::Event(event))
        });
        let id = RequestId::from_client("r-1").unwrap();
        let closed = ready(OperationError::conflict("closing"));
        let text = body(id, EventStream::new(busy), closed).collect().await.unwrap().to_bytes();
        assert!(text.starts_with(b"event: problem\n"), "{text:?}");
    }
}
