//! Bytes of the items of a stream.
//!
//! Item: version (1), kind (1), then by kind
//! 0, the operation has started: nothing;
//! 1, an event: length of its id (2, little endian; 0 = it has none), id, JSON (the rest);
//! 2, the operation has failed, before or after its start: a problem as JSON, as in an answer.
//!
//! The first item is of kind 0 or 2. A stream that ends without kind 2 has ended well.

use std::future::ready;

use bytes::{Buf as _, BufMut as _, Bytes, BytesMut};
use futures_util::{
    StreamExt as _,
    stream::{self, BoxStream},
};

use super::{EnvelopeError, WIRE_VERSION, codec::read_version};
use crate::{
    answer::{Emitted, EncodedEvent, Reply, is_event_id},
    error::{OperationError, SentProblem},
};

const OPENED: u8 = 0;
const EVENT: u8 = 1;
const FAILED: u8 = 2;

/// What a node sends of a stream.
#[derive(Debug)]
pub enum StreamItem {
    /// The operation has started.
    Opened,
    /// An event.
    Event(EncodedEvent),
    /// It has failed: the last item.
    Failed(OperationError),
}

impl StreamItem {
    /// The bytes to send.
    pub fn encode(&self) -> Bytes {
        let mut out = BytesMut::new();
        out.put_u8(WIRE_VERSION);
        match self {
            Self::Opened => out.put_u8(OPENED),
            Self::Event(EncodedEvent { id, data }) => {
                let id = id.as_deref().unwrap_or_default();
                out.reserve(3 + id.len() + data.len());
                out.put_u8(EVENT);
                out.put_u16_le(u16::try_from(id.len()).expect("the id of an event is short"));
                out.put_slice(id.as_bytes());
                out.put_slice(data);
            }
            Self::Failed(error) => {
                out.put_u8(FAILED);
                let problem = serde_json::to_vec(&SentProblem::from(error));
                out.put_slice(&problem.expect("a problem has only text keys"));
            }
        }
        out.freeze()
    }

    /// Reads what another node sent.
    pub fn decode(mut bytes: Bytes) -> Result<Self, EnvelopeError> {
        read_version(&mut bytes)?;
        let malformed = |reason: String| EnvelopeError::Malformed(reason);
        match bytes.try_get_u8().map_err(|short| malformed(short.to_string()))? {
            OPENED => Ok(Self::Opened),
            EVENT => read_event(bytes).map(Self::Event),
            FAILED => {
                let problem: SentProblem =
                    serde_json::from_slice(&bytes).map_err(|error| malformed(error.to_string()))?;
                Ok(Self::Failed(problem.into_error()))
            }
            kind => Err(malformed(format!("kind {kind}"))),
        }
    }
}

/// The encoded items of an outcome, for the node that asked. Dropping them drops the stream.
pub fn encode_stream(outcome: Result<Reply, OperationError>) -> BoxStream<'static, Bytes> {
    let failed = |error| stream::once(ready(StreamItem::Failed(error).encode())).boxed();
    match outcome.and_then(Reply::into_events) {
        Ok(events) => {
            let opened = stream::once(ready(StreamItem::Opened));
            opened.chain(events.map(item)).map(|item| item.encode()).boxed()
        }
        Err(error) => failed(error),
    }
}

fn item(emitted: Result<Emitted, OperationError>) -> StreamItem {
    let error = match emitted {
        Ok(Emitted::Event(event)) => return StreamItem::Event(event),
        // A stream of one node has no others that could fail without it.
        Ok(Emitted::Failed(failure)) => OperationError::of_failures(0, vec![failure]),
        Err(error) => error,
    };
    StreamItem::Failed(error)
}

fn read_event(mut bytes: Bytes) -> Result<EncodedEvent, EnvelopeError> {
    let cut = || EnvelopeError::Malformed(String::from("cut off"));
    let length = usize::from(bytes.try_get_u16_le().map_err(|_short| cut())?);
    if length > bytes.len() {
        return Err(cut());
    }
    if length == 0 {
        return Ok(EncodedEvent { id: None, data: bytes });
    }
    let id = String::from_utf8(bytes.split_to(length).to_vec()).ok();
    let id = id.filter(|id| is_event_id(id));
    let id = id.ok_or_else(|| EnvelopeError::Malformed(String::from("id of an event")))?;
    Ok(EncodedEvent { id: Some(id), data: bytes })
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::{answer::EventStream, error::Code};

    fn event(id: Option<&str>) -> EncodedEvent {
        EncodedEvent { id: id.map(str::to_owned), data: Bytes::from_static(b"[1]") }
    }

    async fn encoded(outcome: Result<Reply, OperationError>) -> Vec<Bytes> {
        encode_stream(outcome).collect().await
    }

    /// What nodes of this wire version have sent each other since it exists. A change here breaks
    /// rolling upgrades: raise the version instead.
    #[tokio::test]
    async fn a_stream_keeps_its_bytes_over_releases() {
        let events = [
            Ok(Emitted::Event(event(None))),
            Ok(Emitted::Event(event(Some("7")))),
            Err(OperationError::conflict("full")),
        ];
        let reply = Reply::Stream(EventStream::new(stream::iter(events)));
        let golden: [&[u8]; 4] = [
            b"\x01\x00",
            b"\x01\x01\x00\x00[1]",
            b"\x01\x01\x01\x007[1]",
            b"\x01\x02{\"type\":\"urn:arsenal:problem:conflict\",\"title\":\"Conflict\",\"status\":409,\"detail\":\"full\",\"code\":\"conflict\"}",
        ];
        assert_eq!(encoded(Ok(reply)).await, golden);
    }

    #[test]
    fn items_come_back() {
        for id in [None, Some("a/7 ü")] {
            let sent = StreamItem::Event(event(id)).encode();
            let StreamItem::Event(back) = StreamItem::decode(sent).unwrap() else { panic!("kind") };
            assert_eq!(back, event(id));
        }
        let failed = StreamItem::Failed(OperationError::not_found("no such row")).encode();
        let StreamItem::Failed(error) = StreamItem::decode(failed).unwrap() else { panic!("kind") };
        assert_eq!((error.code(), error.detail()), (&Code::NotFound, "no such row"));
    }

    #[test]
    fn what_is_known_of_a_failure_comes_back_with_it() {
        let error = OperationError::not_found("gone").retry_after(Duration::from_secs(7));
        let failed = StreamItem::Failed(error.after_run().repeated(true)).encode();
        let StreamItem::Failed(back) = StreamItem::decode(failed).unwrap() else { panic!("kind") };
        assert!(back.has_run() && back.is_replayed());
        assert_eq!(back.retry_after_s(), Some(7));
    }

    #[tokio::test]
    async fn what_does_not_start_is_one_failure() {
        for outcome in [Err(OperationError::conflict("full")), Reply::json(&1)] {
            let items = encoded(outcome).await;
            assert_eq!(items.len(), 1);
            assert!(matches!(StreamItem::decode(items[0].clone()), Ok(StreamItem::Failed(_))));
        }
    }

    #[test]
    fn garbage_is_refused_and_never_panics() {
        for bytes in
            [&b""[..], b"\x01", b"\x09\x00", b"\x01\x07", b"\x01\x01\x05\x00abc", b"\x01\x02{"]
        {
            assert!(StreamItem::decode(Bytes::copy_from_slice(bytes)).is_err(), "{bytes:?}");
        }
        assert!(StreamItem::decode(Bytes::from_static(b"\x01\x01\x02\x00\n\n1")).is_err());
    }
}
