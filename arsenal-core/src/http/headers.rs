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

/// Whether only to say what would run.
pub(super) const DRY_RUN: HeaderName = HeaderName::from_static("arsenal-dry-run");

/// Makes a repeated request harmless.
pub(super) const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");

/// The answer is the one to an earlier request with the same key.
pub(super) const IDEMPOTENCY_REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");

/// The last event of a stream that the client has seen.
pub(super) const LAST_EVENT_ID: HeaderName = HeaderName::from_static(crate::streams::LAST_EVENT_ID);

/// Clients should stop using the operation (RFC 9745).
pub(super) const DEPRECATION: HeaderName = HeaderName::from_static("deprecation");

/// When the operation goes away (RFC 8594).
pub(super) const SUNSET: HeaderName = HeaderName::from_static("sunset");

/// The trace that the request is part of (W3C Trace Context).
pub(super) const TRACE_PARENT: HeaderName = HeaderName::from_static("traceparent");
