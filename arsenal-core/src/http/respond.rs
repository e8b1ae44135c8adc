//! The only map from an outcome to a response.

use std::sync::Arc;

use axum::{body::Body, response::Response};
use bytes::Bytes;
use http::{
    HeaderMap, HeaderValue, StatusCode,
    header::{CONTENT_LENGTH, CONTENT_TYPE, WWW_AUTHENTICATE},
};

use super::events;
use crate::{
    answer::{DRY_RUN_MEDIA_TYPE, JSON_MEDIA_TYPE, Reply},
    context::NodeParts,
    digits::with_decimal,
    dispatch::Answered,
    error::{Code, OperationError, PROBLEM_MEDIA_TYPE},
    headers,
    registry::Registry,
    request_id::RequestId,
    spec::OperationSpec,
};

/// What all routes of a node share.
pub(super) struct Surface {
    node: Arc<NodeParts>,
    name: HeaderValue,
    mode: HeaderValue,
    /// The headers of most answers, to be copied: that is cheaper than to put them in one by one.
    usual: HeaderMap,
}

impl Surface {
    pub(super) fn new(node: Arc<NodeParts>) -> Self {
        let name = HeaderValue::from_str(node.name.as_str()).expect("a node's name is ASCII");
        let mode = HeaderValue::from_static(node.mode.as_str());
        let usual = HeaderMap::from_iter([
            (headers::NODE, name.clone()),
            (headers::MODE, mode.clone()),
            (headers::PARTIAL, boolean(false)),
            (headers::STALE, boolean(false)),
            (CONTENT_TYPE, HeaderValue::from_static(JSON_MEDIA_TYPE)),
            // Of each answer its own.
            (headers::REQUEST_ID, HeaderValue::from_static("")),
            (CONTENT_LENGTH, HeaderValue::from_static("")),
        ]);
        Self { node, name, mode, usual }
    }

    pub(super) fn node(&self) -> &Arc<NodeParts> {
        &self.node
    }

    pub(super) fn registry(&self) -> &Registry {
        &self.node.registry
    }
}

/// Answers one request.
pub(super) struct Responder {
    surface: Arc<Surface>,
    request_id: RequestId,
}

impl Responder {
    /// Takes over the client's id of the request if it is good.
    pub(super) fn new(surface: Arc<Surface>, headers: &HeaderMap) -> Self {
        let given = headers.get(&headers::REQUEST_ID).and_then(|value| value.to_str().ok());
        let request_id = given.and_then(RequestId::from_client).unwrap_or_else(RequestId::new);
        Self { surface, request_id }
    }

    pub(super) fn request_id(&self) -> &RequestId {
        &self.request_id
    }

    pub(super) fn registry(&self) -> &Registry {
        self.surface.registry()
    }

    /// The response of an operation.
    pub(super) fn outcome(
        &self,
        spec: &'static OperationSpec,
        outcome: Result<Answered, OperationError>,
    ) -> Response {
        let mut response = match outcome {
            Ok(answered) => self.answer(spec, answered),
            Err(error) => self.problem(&error),
        };
        announce_end(spec, &mut response);
        response
    }

    /// The response of anything that went wrong.
    pub(super) fn problem(&self, error: &OperationError) -> Response {
        let problem = error.to_problem(self.request_id.as_str());
        let body = serde_json::to_vec(&problem).unwrap_or_default();
        let media_type = HeaderValue::from_static(PROBLEM_MEDIA_TYPE);
        let mut response = self.response(error.status(), media_type, body.into());
        let headers = response.headers_mut();
        if *error.code() == Code::Unauthenticated {
            headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        if let Some(seconds) = error.retry_after_s() {
            headers.insert(headers::RETRY_AFTER, seconds.into());
        }
        if error.is_replayed() {
            headers.insert(headers::IDEMPOTENCY_REPLAYED, TRUE);
        }
        response
    }

    /// A response with the headers that all have.
    pub(super) fn response(&self, status: u16, media_type: HeaderValue, body: Body) -> Response {
        let mut response = self.bare(status, body);
        response.headers_mut().insert(CONTENT_TYPE, media_type);
        response
    }

    /// The same without a type, for a response without a body.
    pub(super) fn bare(&self, status: u16, body: Body) -> Response {
        let mut response = Response::new(body);
        *response.status_mut() = status_code(status);
        let headers = response.headers_mut();
        headers.reserve(HEADERS_USUAL);
        headers.insert(headers::NODE, self.surface.name.clone());
        headers.insert(headers::MODE, self.surface.mode.clone());
        headers.insert(headers::REQUEST_ID, self.request_id_value());
        response
    }

    /// One JSON value from all nodes that were asked.
    fn usual(&self, status: u16, json: Bytes) -> Response {
        let mut headers = self.surface.usual.clone();
        headers.insert(headers::REQUEST_ID, self.request_id_value());
        headers.insert(
            CONTENT_LENGTH,
            with_decimal(json.len(), HeaderValue::from_bytes).expect("digits"),
        );
        let mut response = Response::new(json.into());
        *response.status_mut() = status_code(status);
        *response.headers_mut() = headers;
        response
    }

    fn request_id_value(&self) -> HeaderValue {
        HeaderValue::from_bytes(self.request_id.as_bytes())
            .expect("made of digits, or read from a header")
    }

    fn answer(&self, spec: &'static OperationSpec, answered: Answered) -> Response {
        let has_content = spec.status != StatusCode::NO_CONTENT.as_u16();
        let is_whole = !answered.is_partial && !answered.is_stale;
        let is_replayed = matches!(answered.reply, Reply::Replayed(_));
        let mut response = match answered.reply {
            Reply::Json(json) if has_content && is_whole => return self.usual(spec.status, json),
            Reply::DryRun(json) => {
                let media_type = HeaderValue::from_static(DRY_RUN_MEDIA_TYPE);
                self.response(StatusCode::OK.as_u16(), media_type, json.into())
            }
            Reply::Json(_) | Reply::Replayed(_) if !has_content => {
                self.bare(spec.status, Body::empty())
            }
            Reply::Json(json) | Reply::Replayed(json) => {
                let media_type = HeaderValue::from_static(JSON_MEDIA_TYPE);
                self.response(spec.status, media_type, json.into())
            }
            Reply::Stream(stream) => {
                let closed = self.surface.node.streams_closed();
                let body = events::body(self.request_id.clone(), stream, closed);
                let mut response = self.response(spec.status, events::EVENTS, body);
                response.headers_mut().extend(events::HEADERS);
                response
            }
        };
        let headers = response.headers_mut();
        if is_replayed {
            headers.insert(headers::IDEMPOTENCY_REPLAYED, TRUE);
        }
        headers.insert(headers::PARTIAL, boolean(answered.is_partial));
        headers.insert(headers::STALE, boolean(answered.is_stale));
        response
    }
}

/// Headers of an answer, with the `Content-Length` that axum adds: room is made for them once.
const HEADERS_USUAL: usize = 7;

fn status_code(status: u16) -> StatusCode {
    StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}

const TRUE: HeaderValue = HeaderValue::from_static("true");

const fn boolean(value: bool) -> HeaderValue {
    if value { TRUE } else { HeaderValue::from_static("false") }
}

/// Says that clients should stop using an operation, and when it goes away.
fn announce_end(spec: &OperationSpec, response: &mut Response) {
    if spec.is_deprecated {
        let from =
            spec.deprecated_from.map_or(TRUE, |date| HeaderValue::from_static(date.structured));
        response.headers_mut().insert(headers::DEPRECATION, from);
    }
    if let Some(date) = spec.sunset {
        response.headers_mut().insert(headers::SUNSET, HeaderValue::from_static(date.http));
    }
}
