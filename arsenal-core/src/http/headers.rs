//! Names of the headers that Arsenal adds to HTTP.

use http::HeaderName;

/// The node that answered.
pub(super) const NODE: HeaderName = HeaderName::from_static("arsenal-node");

/// Whether real or simulated nodes answered.
pub(super) const MODE: HeaderName = HeaderName::from_static("arsenal-mode");

/// The id of the request, in both directions.
pub(super) const REQUEST_ID: HeaderName = HeaderName::from_static("arsenal-request-id");

/// Whether a node that was asked gave no answer.
pub(super) const PARTIAL: HeaderName = HeaderName::from_static("arsenal-partial");

/// Whether the answer may be old.
pub(super) const STALE: HeaderName = HeaderName::from_static("arsenal-stale");

/// How many milliseconds the client waits.
pub(super) const DEADLINE_MS: HeaderName = HeaderName::from_static("arsenal-deadline-ms");

/// Which version of the API the client means.
pub(super) const API_VERSION: HeaderName = HeaderName::from_static("arsenal-api-version");

/// What every request header of the framework starts with.
pub(super) const PREFIX: &str = "arsenal-";

/// Makes a repeated request harmless; not yet understood, so refused.
pub(super) const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");

/// Clients should stop using the operation.
pub(super) const DEPRECATION: HeaderName = HeaderName::from_static("deprecation");
