//! The only map from an outcome to a response.

use std::{error::Error as _, sync::Arc};

use axum::{body::Body, response::Response};
use http::{
    HeaderMap, HeaderValue, StatusCode,
    header::{CONTENT_TYPE, WWW_AUTHENTICATE},
};

use super::headers;
use crate::{
    context::NodeParts,
    dispatch::Answered,
    error::{Code, ErrorChain, OperationError, PROBLEM_MEDIA_TYPE},
    registry::Registry,
    request_id::RequestId,
    spec::OperationSpec,
};

/// What all routes of a node share.
pub(super) struct Surface {
    node: Arc<NodeParts>,
    name: HeaderValue,
    mode: HeaderValue,
}

impl Surface {
    pub(super) fn new(node: Arc<NodeParts>) -> Self {
        let name = HeaderValue::from_str(node.name.as_str()).expect("a node's name is ASCII");
        let mode = HeaderValue::from_static(node.mode.as_str());
        Self { node, name, mode }
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

    /// The response of an operation.
    pub(super) fn outcome(
        &self,
        spec: &OperationSpec,
        outcome: Result<Answered, OperationError>,
    ) -> Response {
        let mut response = match outcome {
            Ok(answered) => self.answer(spec, answered),
            Err(error) => {
                log(spec.name, &self.request_id, &error);
                self.problem(&error)
            }
        };
        if spec.is_deprecated {
            response.headers_mut().insert(headers::DEPRECATION, TRUE);
        }
        response
    }

    /// The response of anything that went wrong.
    pub(super) fn problem(&self, error: &OperationError) -> Response {
        let problem = error.to_problem(self.request_id.as_str());
        let body = serde_json::to_vec(&problem).unwrap_or_default();
        let media_type = HeaderValue::from_static(PROBLEM_MEDIA_TYPE);
        let mut response = self.response(error.status(), media_type, body.into());
        if *error.code() == Code::Unauthenticated {
            response.headers_mut().insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
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
        *response.status_mut() =
            StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let headers = response.headers_mut();
        headers.reserve(HEADERS_USUAL);
        headers.insert(headers::NODE, self.surface.name.clone());
        headers.insert(headers::MODE, self.surface.mode.clone());
        if let Ok(id) = HeaderValue::from_str(self.request_id.as_str()) {
            headers.insert(headers::REQUEST_ID, id);
        }
        response
    }

    fn answer(&self, spec: &OperationSpec, answered: Answered) -> Response {
        let mut response = if spec.status == StatusCode::NO_CONTENT.as_u16() {
            self.bare(spec.status, Body::empty())
        } else {
            let json = HeaderValue::from_static("application/json");
            self.response(spec.status, json, answered.reply.into_json().into())
        };
        let headers = response.headers_mut();
        headers.insert(headers::PARTIAL, boolean(answered.is_partial));
        headers.insert(headers::STALE, boolean(answered.is_stale));
        response
    }
}

/// Headers of an answer, with the `Content-Length` that axum adds: room is made for them once.
const HEADERS_USUAL: usize = 7;

const TRUE: HeaderValue = HeaderValue::from_static("true");

const fn boolean(value: bool) -> HeaderValue {
    if value { TRUE } else { HeaderValue::from_static("false") }
}

/// Faults of ours with their private reason, refusals of the cluster as warnings, clients' own
/// mistakes only for who looks closely.
fn log(operation: &str, request_id: &RequestId, error: &OperationError) {
    let code = error.code().as_str();
    if *error.code() == Code::Internal {
        let reason = reason(error);
        tracing::error!(operation, %request_id, code, reason, "an operation failed");
    } else if error.status() >= 500 {
        let (detail, reason) = (error.detail(), reason(error));
        tracing::warn!(operation, %request_id, code, detail, reason, "an operation was not served");
    } else {
        tracing::debug!(operation, %request_id, code, "a request was refused");
    }
}

/// The private source of an error and what caused it in turn.
fn reason(error: &OperationError) -> String {
    error
        .source()
        .map_or_else(|| error.detail().to_owned(), |source| ErrorChain(source).to_string())
}
