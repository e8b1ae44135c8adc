//! Reads what a refused client is still sending.
//!
//! Many clients send all before they read anything. A connection that is closed on them takes the
//! answer along, and they see a broken pipe instead of the problem.

use std::{
    convert::Infallible,
    fmt,
    pin::Pin,
    task::{Context, Poll, ready},
};

use axum::{
    body::{Body, HttpBody as _},
    extract::Request,
    response::Response,
};
use bytes::Bytes;
use futures_util::future::BoxFuture;
use http::{HeaderMap, header::EXPECT};
use http_body_util::BodyExt as _;
use tokio::time::{Instant, timeout_at};

use crate::limits::{BODY_DRAIN_BYTES_MAX, BODY_READ_MAX};

/// Reads the body of a request that is refused, and forgets it; bounded in size and time.
///
/// For refusals outside of the routes of this module, which do it by themselves.
pub async fn drain(request: Request) {
    let (parts, body) = request.into_parts();
    drain_body(&parts.headers, body, Instant::now() + BODY_READ_MAX).await;
}

/// As [`drain`]. A client that waits for `100 Continue` sends nothing and is not asked to.
pub(super) async fn drain_body(headers: &HeaderMap, body: Body, until: Instant) {
    if !body.is_end_stream() && !headers.contains_key(EXPECT) {
        drop(timeout_at(until, read_on(body)).await);
    }
}

async fn read_on(mut body: Body) {
    let mut left = BODY_DRAIN_BYTES_MAX;
    while let Some(Ok(frame)) = body.frame().await {
        let length = frame.data_ref().map_or(0, Bytes::len);
        let Some(rest) = left.checked_sub(length) else { return };
        left = rest;
    }
}

/// A refusal that leaves after the request has come in. Without a body it leaves at once.
pub struct Refusal {
    /// Taken at the end.
    response: Option<Response>,
    draining: Option<BoxFuture<'static, ()>>,
}

impl Refusal {
    /// Holds the response back until what is still being sent has been read, within bounds.
    pub fn new(request: Request, response: Response) -> Self {
        let has_more = !request.body().is_end_stream();
        let draining = has_more.then(|| Box::pin(drain(request)) as BoxFuture<'static, ()>);
        Self { response: Some(response), draining }
    }
}

impl Future for Refusal {
    type Output = Result<Response, Infallible>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        if let Some(draining) = &mut self.draining {
            ready!(draining.as_mut().poll(context));
            self.draining = None;
        }
        self.response.take().map_or(Poll::Pending, |response| Poll::Ready(Ok(response)))
    }
}

impl fmt::Debug for Refusal {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Refusal").field("response", &self.response).finish_non_exhaustive()
    }
}
