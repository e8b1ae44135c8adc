//! Headers that every answer carries, so that a browser does not turn it against its user.

use http::{HeaderMap, HeaderName, HeaderValue, header};

/// Scripts only from the node itself; the styles and images that the API documentation inlines.
const CONTENT_SECURITY_POLICY: &str = "default-src 'self'; style-src 'self' 'unsafe-inline'; \
     img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'self'; \
     frame-ancestors 'none'";

const HEADERS: [(HeaderName, HeaderValue); 3] = [
    (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    (header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(CONTENT_SECURITY_POLICY)),
    (header::REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
];

pub(super) fn add(headers: &mut HeaderMap) {
    headers.extend(HEADERS);
}
