//! Keeps other web pages from using a person's browser to change something.

use arsenal_core::error::OperationError;
use http::{HeaderMap, Method, header, request::Parts};

use super::host::RequestedHost;

/// Refuses a change that a page of another origin asks for. Reading is harmless: without CORS
/// headers the browser does not hand the answer to the page.
pub(super) fn check(request: &Parts, host: &RequestedHost) -> Result<(), OperationError> {
    let is_read = matches!(request.method, Method::GET | Method::HEAD | Method::OPTIONS);
    if is_read || is_same_origin(&request.headers, host) {
        return Ok(());
    }
    Err(OperationError::forbidden("a page of another origin may not change anything here"))
}

/// Browsers send at least one of the headers; other programs send none.
fn is_same_origin(headers: &HeaderMap, host: &RequestedHost) -> bool {
    let origins_match = headers
        .get_all(header::ORIGIN)
        .iter()
        .all(|origin| origin.to_str().is_ok_and(|origin| host.is_origin(origin)));
    let sites_match = headers
        .get_all("sec-fetch-site")
        .iter()
        .all(|site| matches!(site.as_bytes(), b"same-origin" | b"none"));
    origins_match && sites_match
}
