//! Names of the headers that Arsenal adds to HTTP, each spelled once: as people write it.

use http::HeaderName;

/// What every request header of the framework starts with.
pub(crate) const PREFIX: &str = "arsenal-";

macro_rules! headers {
    ($($(#[$about:meta])* $name:ident = $shown:literal;)*) => {
        $($(#[$about])* pub const $name: HeaderName = {
            const BYTES: [u8; $shown.len()] = lower_case($shown);
            match std::str::from_utf8(&BYTES) {
                Ok(text) => HeaderName::from_static(text),
                Err(_) => panic!("ASCII"),
            }
        };)*

        /// The same as documents show them.
        pub(crate) mod shown {
            $($(#[$about])* pub(crate) const $name: &str = $shown;)*
        }
    };
}

headers! {
    /// The node that answered.
    NODE = "Arsenal-Node";
    /// Whether real or simulated nodes answered.
    MODE = "Arsenal-Mode";
    /// The id of the request, in both directions.
    REQUEST_ID = "Arsenal-Request-Id";
    /// Whether a node that was asked gave no answer.
    PARTIAL = "Arsenal-Partial";
    /// Whether the answer may be old.
    STALE = "Arsenal-Stale";
    /// How many milliseconds the client waits.
    DEADLINE_MS = "Arsenal-Deadline-Ms";
    /// Which version of the API the client means.
    API_VERSION = "Arsenal-Api-Version";
    /// Whether only to say what would run.
    DRY_RUN = "Arsenal-Dry-Run";
    /// Makes a repeated request harmless.
    IDEMPOTENCY_KEY = "Idempotency-Key";
    /// The answer is the one to an earlier request with the same key.
    IDEMPOTENCY_REPLAYED = "Idempotency-Replayed";
    /// The last event of a stream that the client has seen.
    LAST_EVENT_ID = "Last-Event-ID";
    /// Clients should stop using the operation (RFC 9745).
    DEPRECATION = "Deprecation";
    /// When the operation goes away (RFC 8594).
    SUNSET = "Sunset";
    /// After how many seconds to ask again.
    RETRY_AFTER = "Retry-After";
}

/// The trace that the request is part of (W3C Trace Context).
pub(crate) const TRACE_PARENT: HeaderName = HeaderName::from_static("traceparent");

/// As `HeaderName` wants them.
const fn lower_case<const LENGTH: usize>(shown: &str) -> [u8; LENGTH] {
    let mut bytes = [0; LENGTH];
    bytes.copy_from_slice(shown.as_bytes());
    bytes.make_ascii_lowercase();
    bytes
}
