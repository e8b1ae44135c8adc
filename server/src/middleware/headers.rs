//! Headers that every answer carries: who answers, and what keeps a browser from turning the answer
//! against its user.

use arsenal_core::{
    headers::{MODE, NODE},
    membership::Mode,
    name::NodeName,
};
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

/// Who answers.
#[derive(Clone, Debug)]
pub(crate) struct AnsweredBy {
    node: HeaderValue,
    mode: HeaderValue,
}

impl AnsweredBy {
    pub(crate) fn new(node: &NodeName, mode: Mode) -> Self {
        let node = HeaderValue::from_str(node.as_str()).expect("a node name is visible ASCII");
        Self { node, mode: HeaderValue::from_static(mode.as_str()) }
    }

    /// Adds the headers to an answer; one that says itself who answers is believed.
    pub(super) fn add_headers(&self, headers: &mut HeaderMap) {
        headers.extend(HEADERS);
        headers.entry(NODE).or_insert_with(|| self.node.clone());
        headers.entry(MODE).or_insert_with(|| self.mode.clone());
    }
}
