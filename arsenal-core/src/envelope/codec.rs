//! Bytes of envelopes and answers.
//!
//! Envelope: version (1), length of the header (4, little endian), header (JSON), body (the rest:
//! the body of the HTTP request or the JSON object of the arguments).
//! Answer: version (1), kind (1: 0 = JSON, 1 = problem, 128 = JSON that an earlier run with the same
//! idempotency key gave), JSON (the rest).

use std::fmt;

use bytes::{Buf as _, BufMut as _, Bytes, BytesMut};
use http::{HeaderMap, HeaderName, HeaderValue};
use serde::{Deserialize, Serialize};

use super::{Envelope, WIRE_VERSION};
use crate::{
    answer::Reply,
    arguments::{HttpArguments, OwnedArguments},
    error::{OperationError, SentProblem},
    membership::Mode,
    principal::Principal,
    request_id::RequestId,
};

const ANSWER_JSON: u8 = 0;
const ANSWER_PROBLEM: u8 = 1;
const ANSWER_REPLAYED: u8 = 128;

/// Headers of one request: as many as a head of 16 KiB has room for, which is the largest that a
/// server takes. Far more would make the map of headers panic.
const HEADERS_MAX: usize = 4096;

/// Bytes that are no envelope or no answer of a version that this node reads. Nothing ran.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EnvelopeError {
    /// Another wire version.
    Version(u8),
    /// Cut off or not as described.
    Malformed(String),
}

impl fmt::Display for EnvelopeError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Version(version) => {
                write!(formatter, "wire version {version}; this node reads {WIRE_VERSION}")
            }
            Self::Malformed(reason) => write!(formatter, "malformed: {reason}"),
        }
    }
}

impl std::error::Error for EnvelopeError {}

/// The header of an envelope, borrowed for writing, owned for reading.
#[derive(Serialize, Deserialize)]
struct Header {
    operation: String,
    schema_digest: u64,
    principal: Principal,
    request_id: RequestId,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    trace_context: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    idempotency_key: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    last_event_id: Option<String>,
    sent_at_ms: u64,
    time_left_ms: u64,
    mode: Mode,
    /// Absent: the body is one JSON object with all parameters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    http: Option<HttpArguments>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    headers: Vec<(String, String)>,
}

impl Envelope {
    /// The bytes to send.
    pub fn encode(self) -> Bytes {
        let (http, headers, body) = match self.arguments {
            OwnedArguments::Http { request, headers, body } => {
                (Some(request), texts(&headers), body)
            }
            OwnedArguments::Json(object) => (None, Vec::new(), object),
        };
        let header = Header {
            operation: self.operation,
            schema_digest: self.schema_digest,
            principal: self.principal,
            request_id: self.request_id,
            trace_context: self.trace_context,
            idempotency_key: self.idempotency_key,
            last_event_id: self.last_event_id,
            sent_at_ms: self.sent_at_ms,
            time_left_ms: self.time_left_ms,
            mode: self.mode,
            http,
            headers,
        };
        let header = serde_json::to_vec(&header).expect("a header has only text keys");
        let length = u32::try_from(header.len()).expect("a header is far below 4 GiB");
        let mut out = BytesMut::with_capacity(5 + header.len() + body.len());
        out.put_u8(WIRE_VERSION);
        out.put_u32_le(length);
        out.put_slice(&header);
        out.put_slice(&body);
        out.freeze()
    }

    /// Reads what another node sent.
    pub fn decode(mut bytes: Bytes) -> Result<Self, EnvelopeError> {
        read_version(&mut bytes)?;
        let cut = || EnvelopeError::Malformed(String::from("cut off"));
        let length = bytes.try_get_u32_le().map_err(|_short| cut())?;
        let length = usize::try_from(length).map_err(|_large| cut())?;
        if length > bytes.len() {
            return Err(cut());
        }
        let header: Header = serde_json::from_slice(&bytes.split_to(length))
            .map_err(|error| EnvelopeError::Malformed(error.to_string()))?;
        let arguments = match header.http {
            Some(request) => {
                OwnedArguments::Http { request, headers: header_map(header.headers)?, body: bytes }
            }
            None => OwnedArguments::Json(bytes),
        };
        Ok(Self {
            operation: header.operation,
            schema_digest: header.schema_digest,
            principal: header.principal,
            request_id: header.request_id,
            trace_context: header.trace_context,
            idempotency_key: header.idempotency_key,
            last_event_id: header.last_event_id,
            sent_at_ms: header.sent_at_ms,
            time_left_ms: header.time_left_ms,
            mode: header.mode,
            arguments,
        })
    }
}

/// The bytes of an answer.
pub fn encode_answer(outcome: Result<Reply, OperationError>) -> Bytes {
    let encoded = outcome.and_then(|reply| match reply {
        Reply::Replayed(json) => Ok((ANSWER_REPLAYED, json)),
        reply @ (Reply::Json(_) | Reply::DryRun(_) | Reply::Stream(_)) => {
            Ok((ANSWER_JSON, reply.into_json()?))
        }
    });
    let (kind, json) = match encoded {
        Ok(encoded) => encoded,
        Err(error) => {
            let problem = serde_json::to_vec(&SentProblem::from(&error));
            (ANSWER_PROBLEM, problem.expect("a problem has only text keys").into())
        }
    };
    let mut out = BytesMut::with_capacity(2 + json.len());
    out.put_u8(WIRE_VERSION);
    out.put_u8(kind);
    out.put_slice(&json);
    out.freeze()
}

/// Reads the answer of another node.
pub fn decode_answer(mut bytes: Bytes) -> Result<Result<Reply, OperationError>, EnvelopeError> {
    read_version(&mut bytes)?;
    let malformed = |reason: String| EnvelopeError::Malformed(reason);
    match bytes.try_get_u8().map_err(|short| malformed(short.to_string()))? {
        ANSWER_JSON => Ok(Ok(Reply::Json(bytes))),
        ANSWER_REPLAYED => Ok(Ok(Reply::Replayed(bytes))),
        ANSWER_PROBLEM => {
            let problem: SentProblem =
                serde_json::from_slice(&bytes).map_err(|error| malformed(error.to_string()))?;
            Ok(Err(problem.into_error()))
        }
        kind => Err(malformed(format!("kind {kind}"))),
    }
}

pub(super) fn read_version(bytes: &mut Bytes) -> Result<(), EnvelopeError> {
    match bytes.try_get_u8() {
        Ok(WIRE_VERSION) => Ok(()),
        Ok(version) => Err(EnvelopeError::Version(version)),
        Err(_short) => Err(EnvelopeError::Malformed(String::from("empty"))),
    }
}

fn texts(headers: &HeaderMap) -> Vec<(String, String)> {
    // A value that is not UTF-8 fits no parameter; the entry node's check has refused it already.
    let text = |value: &HeaderValue| Some(str::from_utf8(value.as_bytes()).ok()?.to_owned());
    headers.iter().filter_map(|(name, value)| Some((name.to_string(), text(value)?))).collect()
}

fn header_map(texts: Vec<(String, String)>) -> Result<HeaderMap, EnvelopeError> {
    let malformed = |text: &str| EnvelopeError::Malformed(format!("header `{text}`"));
    if texts.len() > HEADERS_MAX {
        let count = texts.len();
        let reason = format!("{count} headers; a request has at most {HEADERS_MAX}");
        return Err(EnvelopeError::Malformed(reason));
    }
    let mut headers = HeaderMap::with_capacity(texts.len());
    for (name, value) in texts {
        let key = HeaderName::try_from(&name).map_err(|_bad| malformed(&name))?;
        headers.append(key, HeaderValue::try_from(value).map_err(|_bad| malformed(&name))?);
    }
    Ok(headers)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::error::Code;

    fn envelope(arguments: OwnedArguments) -> Envelope {
        Envelope {
            operation: String::from("process.list"),
            schema_digest: 7,
            principal: Principal::local_reader(),
            request_id: RequestId::from_client("r-1").unwrap(),
            trace_context: None,
            last_event_id: None,
            idempotency_key: None,
            sent_at_ms: 1_700_000_000_000,
            time_left_ms: 900,
            mode: Mode::Cluster,
            arguments,
        }
    }

    /// What nodes of this wire version have sent each other since it exists. A change here breaks
    /// rolling upgrades: raise the version instead.
    const GOLDEN_HEADER: &str = r#"{"operation":"process.list","schema_digest":7,"principal":{"name":"local","role":"read","is_authenticated":false},"request_id":"r-1","sent_at_ms":1700000000000,"time_left_ms":900,"mode":"cluster","http":{"template":"/a/{b}","path":"/a/x%2Fy","query":"limit=1"},"headers":[["x-trace","1"]]}"#;

    #[test]
    fn an_http_envelope_keeps_its_bytes_over_releases() {
        let mut headers = HeaderMap::new();
        headers.insert("x-trace", HeaderValue::from_static("1"));
        let request = HttpArguments {
            template: String::from("/a/{b}"),
            path: String::from("/a/x%2Fy"),
            query: String::from("limit=1"),
        };
        let body = Bytes::from_static(b"\x00raw\xff");
        let bytes = envelope(OwnedArguments::Http { request, headers, body }).encode();

        let mut golden = vec![1];
        golden.extend(u32::try_from(GOLDEN_HEADER.len()).unwrap().to_le_bytes());
        golden.extend(GOLDEN_HEADER.bytes());
        golden.extend(b"\x00raw\xff");
        assert_eq!(String::from_utf8_lossy(&bytes), String::from_utf8_lossy(&golden));

        let back = Envelope::decode(bytes).unwrap();
        let OwnedArguments::Http { request, headers, body } = back.arguments else {
            panic!("another form")
        };
        assert_eq!(request.path, "/a/x%2Fy");
        assert_eq!(headers["x-trace"], "1");
        assert_eq!(&body[..], b"\x00raw\xff");
    }

    #[test]
    fn a_header_of_any_text_arrives() {
        let mut headers = HeaderMap::new();
        headers.insert("x-note", HeaderValue::from_bytes("Käse".as_bytes()).unwrap());
        let back = header_map(texts(&headers)).unwrap();
        assert_eq!(back["x-note"].as_bytes(), "Käse".as_bytes());
    }

    #[test]
    fn more_headers_than_a_request_has_are_refused() {
        let decoded = |count: usize| {
            let texts = vec![(String::from("x-trace"), String::from("1")); count];
            let headers = serde_json::to_string(&texts).unwrap();
            let header = GOLDEN_HEADER.replace(r#"[["x-trace","1"]]"#, &headers);
            let mut bytes = vec![1];
            bytes.extend(u32::try_from(header.len()).unwrap().to_le_bytes());
            bytes.extend(header.bytes());
            Envelope::decode(bytes.into()).map(drop)
        };
        assert_eq!(decoded(HEADERS_MAX), Ok(()));
        for count in [HEADERS_MAX + 1, 40_000] {
            let reason = format!("{count} headers; a request has at most 4096");
            assert_eq!(decoded(count), Err(EnvelopeError::Malformed(reason)));
        }
    }

    #[test]
    fn a_newer_node_may_add_fields() {
        let header = GOLDEN_HEADER.replacen('{', r#"{"added_later":[1,2],"#, 1);
        let mut bytes = vec![1];
        bytes.extend(u32::try_from(header.len()).unwrap().to_le_bytes());
        bytes.extend(header.bytes());
        assert_eq!(Envelope::decode(bytes.into()).unwrap().operation, "process.list");
    }

    #[test]
    fn garbage_is_refused_and_never_panics() {
        let good = envelope(OwnedArguments::Json(Bytes::from_static(b"{}"))).encode();
        for length in 0..good.len() - 2 {
            assert!(Envelope::decode(good.slice(..length)).is_err(), "cut at {length}");
        }
        assert_eq!(Envelope::decode(vec![9].into()).unwrap_err(), EnvelopeError::Version(9));
        assert!(Envelope::decode(vec![1, 255, 255, 255, 255, 0].into()).is_err());
        for bytes in [&b""[..], b"\x01", b"\x01\x07{}", b"\x01\x01{"] {
            assert!(decode_answer(Bytes::copy_from_slice(bytes)).is_err());
        }
    }

    #[test]
    fn what_is_known_of_an_answer_comes_back_with_it() {
        let replayed = encode_answer(Ok(Reply::Replayed(Bytes::from_static(b"1"))));
        assert!(matches!(decode_answer(replayed), Ok(Ok(Reply::Replayed(_)))));
        let error = OperationError::not_found("gone").retry_after(Duration::from_secs(7));
        let error = error.after_run().repeated(true);
        let back = decode_answer(encode_answer(Err(error))).unwrap().unwrap_err();
        assert!(back.has_run() && back.is_replayed());
        assert_eq!(back.retry_after_s(), Some(7));
    }

    #[test]
    fn answers_come_back() {
        let bytes = encode_answer(Ok(Reply::Json(Bytes::from_static(b"[1]"))));
        assert_eq!(bytes, Bytes::from_static(b"\x01\x00[1]"));
        assert_eq!(&decode_answer(bytes).unwrap().unwrap().into_json().unwrap()[..], b"[1]");
        let error = OperationError::not_found("no such row");
        let back = decode_answer(encode_answer(Err(error))).unwrap().unwrap_err();
        assert_eq!((back.code(), back.detail()), (&Code::NotFound, "no such row"));
        assert!(!back.has_run() && !back.is_replayed() && back.retry_after_s().is_none());
    }
}
