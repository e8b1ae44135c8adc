//! Why something was turned away.

use std::fmt;

use crate::network::DialError;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reason {
    TooMany,
    NoTls,
    NotANode,
    HandshakeTimedOut,
    Unproved,
    OtherSecret,
    Misnamed,
    NoAgent,
    NameHeld,
    Outdated,
    NotAccepted,
    ForeignDatagram,
    SkewedDatagram,
}

pub(super) const REASONS: [Reason; 13] = [
    Reason::TooMany,
    Reason::NoTls,
    Reason::NotANode,
    Reason::HandshakeTimedOut,
    Reason::Unproved,
    Reason::OtherSecret,
    Reason::Misnamed,
    Reason::NoAgent,
    Reason::NameHeld,
    Reason::Outdated,
    Reason::NotAccepted,
    Reason::ForeignDatagram,
    Reason::SkewedDatagram,
];

impl Reason {
    /// As what a session is counted that this node refused for this; `None` if none is refused for it.
    pub(super) const fn of(refusal: &DialError) -> Option<Self> {
        match refusal {
            DialError::CertificateName(_) => Some(Self::Misnamed),
            DialError::NoAgent => Some(Self::NoAgent),
            DialError::OwnName(_) | DialError::NameHeld(_) => Some(Self::NameHeld),
            DialError::Outdated(_) => Some(Self::Outdated),
            DialError::NoRandomness => Some(Self::NotAccepted),
            DialError::Connect(_)
            | DialError::ConnectTimedOut
            | DialError::HandshakeTimedOut
            | DialError::HandshakeClosed
            | DialError::OtherSecret(_)
            | DialError::NoTls
            | DialError::CertificateInvalid(_)
            | DialError::CertificateRefused(_) => None,
        }
    }

    /// Whether people hear of it. What nodes of this cluster cause in passing is only counted.
    pub(super) const fn is_told(self) -> bool {
        !matches!(self, Self::Unproved | Self::Outdated)
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
            Self::NoAgent => "refused a connection: it knows the secret, but is no Arsenal node",
            Self::NameHeld => "refused a node of this cluster: its name is taken",
            Self::Outdated => "refused an old start of a node",
            Self::NotAccepted => "cannot accept a connection",
            Self::ForeignDatagram => "dropped a datagram that no node of this cluster sealed",
            Self::SkewedDatagram => "dropped a datagram: it is a recording, or the clocks differ",
        })
    }
}
