//! An error as an HTTP answer, for what is refused before or beside the operations.

use arsenal_core::{
    error::{OperationError, PROBLEM_MEDIA_TYPE},
    headers::REQUEST_ID,
    request_id::RequestId,
};
use axum::{body::Body, response::Response};
use http::{HeaderMap, HeaderValue, StatusCode, header};

/// The problem document of an error.
pub(crate) fn problem(error: &OperationError, request: &HeaderMap) -> Response {
    let request_id = request
        .get(REQUEST_ID)
        .and_then(|id| RequestId::from_client(id.to_str().ok()?))
        .unwrap_or_else(RequestId::new);
    let document = serde_json::to_vec(&error.to_problem(request_id.as_str()))
        .expect("a problem document has only texts and numbers");
    let mut response = Response::new(Body::from(document));
    *response.status_mut() =
        StatusCode::from_u16(error.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(PROBLEM_MEDIA_TYPE));
    if let Ok(id) = HeaderValue::from_str(request_id.as_str()) {
        headers.insert(REQUEST_ID, id);
    }
    if error.status() == StatusCode::UNAUTHORIZED {
        headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    }
    response
}
