//! The body of a request for a simulated node, read before the node sees it: its client sends in real
//! time, and the limits of the node are in virtual time.

use arsenal_core::{
    error::{Code, OperationError},
    http::drain,
    limits::BODY_READ_MAX,
};
use axum::{
    body::{Body, HttpBody as _},
    extract::Request,
};
use bytes::Bytes;
use http_body_util::BodyExt as _;
use tokio::time::timeout;

/// The same request with all of its body in memory, so that it can be given more than once. Of one that is
/// larger than any operation takes, only so much that the node sees that it is too large.
///
/// # Errors
///
/// The body did not come in time, or broke off. Nothing ran.
pub(super) async fn whole(
    request: Request,
    bytes_max: usize,
) -> Result<http::Request<Bytes>, OperationError> {
    let (head, mut body) = request.into_parts();
    if body.is_end_stream() {
        return Ok(http::Request::from_parts(head, Bytes::new()));
    }
    let Ok(read) = timeout(BODY_READ_MAX, read(&mut body, bytes_max)).await else {
        let detail = "the body did not come in time; nothing ran";
        return Err(OperationError::new(Code::RequestTimeout, detail));
    };
    let bytes = read?;
    if bytes.len() > bytes_max {
        drain(Request::new(body)).await;
    }
    Ok(http::Request::from_parts(head, bytes))
}

async fn read(body: &mut Body, bytes_max: usize) -> Result<Bytes, OperationError> {
    let mut bytes = Vec::new();
    while bytes.len() <= bytes_max
        && let Some(frame) = body.frame().await
    {
        let frame = frame.map_err(|error| {
            OperationError::new(Code::Malformed, "the body could not be read to its end")
                .because(error)
        })?;
        if let Ok(data) = frame.into_data() {
            bytes.extend_from_slice(&data);
        }
    }
    Ok(bytes.into())
}

#[cfg(test)]
mod tests {
    use axum::Error;
    use futures_util::stream;

    use super::*;

    #[tokio::test]
    async fn a_body_is_read_to_its_end_or_until_it_is_too_large() {
        for (pieces, expected) in [(0, 0), (1, 2), (3, 6), (4, 6)] {
            let piece = |_| Ok::<_, Error>(Bytes::from_static(b"xy"));
            let body = Body::from_stream(stream::iter((0..pieces).map(piece)));
            let request = whole(Request::new(body), 5).await.unwrap();
            assert_eq!(request.body().len(), expected);
        }
    }

    #[tokio::test]
    async fn a_body_that_breaks_off_is_malformed() {
        let broken = stream::iter([Err::<Bytes, _>(Error::new("gone"))]);
        let error = whole(Request::new(Body::from_stream(broken)), 5).await.unwrap_err();
        assert_eq!(*error.code(), Code::Malformed);
    }

    #[tokio::test(start_paused = true)]
    async fn a_body_that_does_not_come_is_given_up() {
        let never = stream::pending::<Result<Bytes, Error>>();
        let error = whole(Request::new(Body::from_stream(never)), 5).await.unwrap_err();
        assert_eq!(*error.code(), Code::RequestTimeout);
    }
}
