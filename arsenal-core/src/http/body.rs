//! Reads the body of a request, within bounds of type, size and time.

use std::{future::poll_fn, pin::pin, task::Poll};

use axum::body::{Body, HttpBody as _};
use bytes::Bytes;
use http::{
    HeaderMap, HeaderValue,
    header::{CONTENT_ENCODING, CONTENT_TYPE},
};
use http_body_util::BodyExt as _;
use tokio::time::{Instant, timeout_at};

use super::drain::drain_body;
use crate::{
    answer::JSON_MEDIA_TYPE,
    error::{Code, InvalidInput, OperationError, Violation, ViolationPlace},
    limits::BODY_READ_MAX,
    spec::OperationSpec,
};

/// The whole body, empty for none.
///
/// # Errors
/// `unsupported_media_type`, `too_large`, `request_timeout`, or `malformed` where the transfer
/// itself broke. Nothing ran.
pub(super) async fn read(
    headers: &HeaderMap,
    mut body: Body,
    spec: &OperationSpec,
    deadline: Instant,
) -> Result<Bytes, OperationError> {
    if body.is_end_stream() {
        return Ok(Bytes::new());
    }
    let until = deadline.min(Instant::now() + BODY_READ_MAX);
    let Some(read) = within(until, read_checked(headers, &mut body, spec)).await else {
        return Err(OperationError::new(
            Code::RequestTimeout,
            "the body did not come in time; nothing ran",
        ));
    };
    if read.is_err() {
        drain_body(headers, body, until).await;
    }
    read
}

/// An operation without arguments in its body takes none, or an object without fields.
pub(super) fn check_none(body: &[u8]) -> Result<(), InvalidInput> {
    let significant = body.iter().copied().filter(|byte| !byte.is_ascii_whitespace());
    if body.trim_ascii().is_empty() || significant.eq(*b"{}") {
        return Ok(());
    }
    Err(InvalidInput::new(vec![Violation::of(
        ViolationPlace::Body,
        "",
        "this operation takes no body",
    )]))
}

async fn read_checked(
    headers: &HeaderMap,
    body: &mut Body,
    spec: &OperationSpec,
) -> Result<Bytes, OperationError> {
    let bytes_max = spec.limits.body_bytes_max;
    if body.size_hint().lower() > bytes_max as u64 {
        return Err(too_large(bytes_max));
    }
    let bytes = read_all(body, bytes_max).await?;
    let Some(wanted) = media_type(spec).filter(|_| !bytes.is_empty()) else { return Ok(bytes) };
    if !is_of(wanted, headers) {
        return Err(unsupported(wanted, headers));
    }
    match headers.get_all(CONTENT_ENCODING).iter().find(|coding| !is_identity(coding)) {
        Some(coding) => Err(encoded(coding)),
        None => Ok(bytes),
    }
}

/// A body that came in one piece, as small ones do, is passed on as it lies.
async fn read_all(body: &mut Body, bytes_max: usize) -> Result<Bytes, OperationError> {
    let mut first = Bytes::new();
    let mut joined = Vec::new();
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|error| {
            OperationError::new(Code::Malformed, "the body could not be read to its end")
                .because(error)
        })?;
        let Ok(data) = frame.into_data() else { continue };
        if data.len() > bytes_max.saturating_sub(first.len().max(joined.len())) {
            return Err(too_large(bytes_max));
        }
        if first.is_empty() {
            first = data;
            continue;
        }
        if joined.is_empty() {
            joined.extend_from_slice(&first);
        }
        joined.extend_from_slice(&data);
    }
    Ok(if joined.is_empty() { first } else { joined.into() })
}

/// As [`timeout_at`]. Its timer, which costs more than reading a small body, is made only for what
/// is not there when it is asked for the second time: hyper begins to read a body when it is asked
/// for it, and then finds what came along with the head.
async fn within<T>(until: Instant, reading: impl Future<Output = T>) -> Option<T> {
    let mut reading = pin!(reading);
    let mut is_asked = false;
    let read = poll_fn(|context| match reading.as_mut().poll(context) {
        Poll::Ready(read) => Poll::Ready(Some(read)),
        Poll::Pending if is_asked => Poll::Ready(None),
        Poll::Pending => {
            is_asked = true;
            context.waker().wake_by_ref();
            Poll::Pending
        }
    });
    match read.await {
        Some(read) => Some(read),
        None => timeout_at(until, reading).await.ok(),
    }
}

/// What the operation reads; `None` where bytes of any type will do.
fn media_type(spec: &OperationSpec) -> Option<&'static str> {
    spec.raw_body().map_or(Some(JSON_MEDIA_TYPE), |raw| raw.media_type)
}

/// The type, with or without parameters. Compared as bytes: it is done for every request.
fn is_of(media_type: &str, headers: &HeaderMap) -> bool {
    headers.get(CONTENT_TYPE).is_some_and(|value| {
        let value = value.as_bytes();
        let kind = value.split(|byte| *byte == b';').next().unwrap_or_default();
        kind.trim_ascii().eq_ignore_ascii_case(media_type.as_bytes())
    })
}

fn is_identity(coding: &HeaderValue) -> bool {
    coding.as_bytes().trim_ascii().eq_ignore_ascii_case(b"identity")
}

fn too_large(bytes_max: usize) -> OperationError {
    let detail = format!("the body is larger than {bytes_max} bytes; nothing ran");
    OperationError::new(Code::TooLarge, detail)
}

fn unsupported(wanted: &str, headers: &HeaderMap) -> OperationError {
    let found = match headers.get(CONTENT_TYPE) {
        Some(value) => format!("of type `{}`", String::from_utf8_lossy(value.as_bytes())),
        None => String::from("without a type"),
    };
    let detail = format!("the body is {found}; this operation reads `{wanted}`");
    OperationError::new(Code::UnsupportedMediaType, detail)
        .suggest(format!("send the header `Content-Type: {wanted}`"))
}

fn encoded(coding: &HeaderValue) -> OperationError {
    let coding = String::from_utf8_lossy(coding.as_bytes());
    let detail = format!("the body is encoded as `{coding}`; this operation reads it unencoded");
    OperationError::new(Code::UnsupportedMediaType, detail)
        .suggest("send the body as it is, without the header `Content-Encoding`")
}
