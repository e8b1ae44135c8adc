//! Why something was turned away.

use std::fmt;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reason {
    TooMany,
    NoTls,
    NotANode,
    HandshakeTimedOut,
    Unproved,
    OtherSecret,
    Misnamed,
    NotAccepted,
    ForeignDatagram,
    SkewedDatagram,
}

pub(super) const REASONS: [Reason; 10] = [
    Reason::TooMany,
    Reason::NoTls,
    Reason::NotANode,
    Reason::HandshakeTimedOut,
    Reason::Unproved,
    Reason::OtherSecret,
    Reason::Misnamed,
    Reason::NotAccepted,
    Reason::ForeignDatagram,
    Reason::SkewedDatagram,
];

impl Reason {
    /// Whether people hear of it. What nodes of this cluster cause in passing is only counted.
    pub(super) const fn is_told(self) -> bool {
        !matches!(self, Self::Unproved)
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::TooMany => "refused a connection: too many have not authenticated",
            Self::NoTls => "refused a connection: no TLS with a certificate of this cluster",
            Self::NotANode => "refused a connection: it said nothing that a node says",
            Self::HandshakeTimedOut => "ended a connection: its handshake took too long",
            Self::Unproved => "a connection ended before it proved that it knows the secret",
            Self::OtherSecret => {
                "refused a connection: it did not prove that it knows the secret of this cluster \
                 (--secret-file)"
            }
            Self::Misnamed => "refused a node of this cluster: it is not who it says",
            Self::NotAccepted => "cannot accept a connection",
            Self::ForeignDatagram => "dropped a datagram that no node of this cluster sealed",
            Self::SkewedDatagram => "dropped a datagram: it is a recording, or the clocks differ",
        })
    }
}
