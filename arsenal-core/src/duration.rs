//! Durations as numbers of documents and envelopes.

use std::time::Duration;

/// Whole milliseconds, rounded down; what is longer than 64 bits of them is the most.
pub fn milliseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
