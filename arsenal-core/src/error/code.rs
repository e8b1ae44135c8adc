//! The codes of errors and the HTTP status of each.

use std::{borrow::Cow, fmt};

use crate::membership::Ran;

/// What went wrong, for programs. The text of each is part of the contract.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Code {
    /// The request cannot be parsed at all.
    Malformed,
    /// Values are missing, unknown, of the wrong type or out of range.
    InvalidInput,
    /// No or unknown credentials.
    Unauthenticated,
    /// The role is too low, or the thing is protected.
    Forbidden,
    /// There is no such thing or route.
    NotFound,
    /// The route exists, but not with this method.
    MethodNotAllowed,
    /// The client accepts nothing that can be sent.
    NotAcceptable,
    /// The state of the thing forbids it.
    Conflict,
    /// It existed, and is gone for good.
    Gone,
    /// The client took too long to send the request.
    RequestTimeout,
    /// The request is too large.
    TooLarge,
    /// The body is not of a type that is understood.
    UnsupportedMediaType,
    /// The client asks too often.
    RateLimited,
    /// Too much is in flight.
    Overloaded,
    /// The one node addressed is dead or unreachable. It did not run.
    NodeUnavailable,
    /// Every node is required and one is missing. Nothing was executed.
    NodeRequired,
    /// Refused on the minority side of a partition. It did not run.
    MinorityPartition,
    /// Refused because two authorities were seen. It did not run.
    SplitBrain,
    /// A quorum was never seen since start. It did not run.
    ClusterForming,
    /// The majority is not stable yet. It did not run.
    ClusterUnstable,
    /// The deadline passed. It may have run.
    DistributedTimeout,
    /// The executing node, its path or the actor was lost. It may have run.
    DistributedExit,
    /// A fault of ours.
    Internal,
    /// A code of the user's, `<crate>.<code>`, with its HTTP status (400 to 599).
    Custom {
        /// The text.
        code: Cow<'static, str>,
        /// The status.
        status: u16,
    },
}

/// Text and status of each code of the framework.
const TABLE: &[(Code, &str, u16)] = &[
    (Code::Malformed, "malformed", 400),
    (Code::InvalidInput, "invalid_input", 422),
    (Code::Unauthenticated, "unauthenticated", 401),
    (Code::Forbidden, "forbidden", 403),
    (Code::NotFound, "not_found", 404),
    (Code::MethodNotAllowed, "method_not_allowed", 405),
    (Code::NotAcceptable, "not_acceptable", 406),
    (Code::Conflict, "conflict", 409),
    (Code::Gone, "gone", 410),
    (Code::RequestTimeout, "request_timeout", 408),
    (Code::TooLarge, "too_large", 413),
    (Code::UnsupportedMediaType, "unsupported_media_type", 415),
    (Code::RateLimited, "rate_limited", 429),
    (Code::Overloaded, "overloaded", 503),
    (Code::NodeUnavailable, "node_unavailable", 503),
    (Code::NodeRequired, "node_required", 503),
    (Code::MinorityPartition, "minority_partition", 503),
    (Code::SplitBrain, "split_brain", 503),
    (Code::ClusterForming, "cluster_forming", 503),
    (Code::ClusterUnstable, "cluster_unstable", 503),
    (Code::DistributedTimeout, "distributed_timeout", 504),
    (Code::DistributedExit, "distributed_exit", 503),
    (Code::Internal, "internal", 500),
];

/// How many codes the framework has.
pub(crate) const FRAMEWORK_CODES: usize = TABLE.len();

impl Code {
    /// A code of the user's own. A status outside of 400 to 599 becomes 500.
    pub fn custom(code: impl Into<Cow<'static, str>>, status: u16) -> Self {
        let status = if (400..600).contains(&status) { status } else { 500 };
        Self::Custom { code: code.into(), status }
    }

    /// The code as text, as it stands in problem documents.
    pub fn as_str(&self) -> &str {
        if let Self::Custom { code, .. } = self { code } else { self.row().1 }
    }

    /// The HTTP status that belongs to the code.
    pub fn status(&self) -> u16 {
        if let Self::Custom { status, .. } = self { *status } else { self.row().2 }
    }

    /// Whether an operation that failed with this code ran.
    pub const fn ran(&self) -> Ran {
        match self {
            Self::Conflict | Self::Gone | Self::NotFound | Self::Internal | Self::Custom { .. } => {
                Ran::Yes
            }
            Self::DistributedTimeout | Self::DistributedExit => Ran::Unknown,
            Self::Malformed
            | Self::InvalidInput
            | Self::Unauthenticated
            | Self::Forbidden
            | Self::MethodNotAllowed
            | Self::NotAcceptable
            | Self::RequestTimeout
            | Self::TooLarge
            | Self::UnsupportedMediaType
            | Self::RateLimited
            | Self::Overloaded
            | Self::NodeUnavailable
            | Self::NodeRequired
            | Self::MinorityPartition
            | Self::SplitBrain
            | Self::ClusterForming
            | Self::ClusterUnstable => Ran::No,
        }
    }

    /// The code with this text; one that is not of the framework takes the status as given.
    pub fn from_parts(text: &str, status: u16) -> Self {
        TABLE
            .iter()
            .find(|row| row.1 == text)
            .map_or_else(|| Self::custom(text.to_owned(), status), |row| row.0.clone())
    }

    /// The texts of all codes of the framework.
    pub(crate) fn texts() -> impl Iterator<Item = &'static str> {
        TABLE.iter().map(|row| row.1)
    }

    /// Where its text stands among them; `None` for a code of the user's own.
    pub(crate) fn position(&self) -> Option<usize> {
        TABLE.iter().position(|row| row.0 == *self)
    }

    fn row(&self) -> &'static (Self, &'static str, u16) {
        TABLE.iter().find(|row| row.0 == *self).expect("every code of the framework has a row")
    }
}

impl fmt::Display for Code {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_comes_back_from_its_text() {
        for (code, text, status) in TABLE {
            assert_eq!((code.as_str(), code.status()), (*text, *status));
            assert_eq!(Code::from_parts(text, 0), *code);
        }
        let own = Code::custom("shop.sold_out", 409);
        assert_eq!(Code::from_parts("shop.sold_out", 409), own);
        assert_eq!(Code::custom("shop.odd", 200).status(), 500);
    }
}
