//! What is known of an error beside what clients read of it: whether the function ran, when to try
//! again, whether the answer is an old one. Travels between nodes.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::OperationError;

/// How an error came to be.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Course {
    /// It came out of the function, or the function was ended: whatever the code says by itself, the
    /// operation ran.
    has_run: bool,
    /// It was given before, to a request with the same idempotency key.
    is_replayed: bool,
    retry_after_s: Option<u64>,
}

impl Course {
    pub(crate) fn is_plain(&self) -> bool {
        *self == Self::default()
    }
}

impl OperationError {
    /// Adds how long the client should wait before it asks again: the header `Retry-After`, in whole
    /// seconds and at least one.
    #[must_use]
    pub fn retry_after(mut self, wait: Duration) -> Self {
        let seconds = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
        self.0.course.retry_after_s = Some(seconds.max(1));
        self
    }

    /// It came out of the function itself.
    #[must_use]
    pub(crate) fn after_run(mut self) -> Self {
        self.0.course.has_run = true;
        self
    }

    /// It came up before the function ran, also where it is the error of another one that did run:
    /// a hook can give what it got of an operation that it called.
    #[must_use]
    pub(crate) fn before_run(mut self) -> Self {
        self.0.course.has_run = false;
        self
    }

    /// Whether the function ran, at least in part.
    pub(crate) fn has_run(&self) -> bool {
        self.0.course.has_run
    }

    /// The same error once more, for another request with the same key.
    pub(crate) fn repeated(&self, is_replayed: bool) -> Self {
        let mut parts = self.0.clone();
        parts.course.is_replayed = is_replayed;
        Self(parts)
    }

    pub(crate) fn is_replayed(&self) -> bool {
        self.0.course.is_replayed
    }

    pub(crate) fn retry_after_s(&self) -> Option<u64> {
        self.0.course.retry_after_s
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wait_is_at_least_one_second_and_never_cut() {
        for (ms, seconds) in [(0, 1), (1, 1), (1000, 1), (1001, 2), (59_500, 60)] {
            let error = OperationError::internal().retry_after(Duration::from_millis(ms));
            assert_eq!(error.retry_after_s(), Some(seconds));
        }
    }
}
