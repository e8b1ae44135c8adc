//! Why a wanted address has no path.

use std::{fmt, io, net::SocketAddr, time::Duration};

use tokio::time::Instant;

use super::PeerId;

/// What is known of a wanted address that could not be reached since the last path to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attempt {
    /// The address.
    pub address: SocketAddr,
    /// Why the last dial failed.
    pub reason: DialError,
    /// How many dials failed one after the other.
    pub count: u32,
    /// When the first of them failed.
    pub failed_since: Instant,
    /// How long until the next dial; zero while one is in flight.
    pub next_try_in: Duration,
}

/// Why a dial failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DialError {
    /// The connection was not established.
    Connect(io::ErrorKind),
    /// Nothing answered the connection within its time.
    ConnectTimedOut,
    /// The connection stood, but the other side did not finish the handshake: frozen, or no node.
    HandshakeTimedOut,
    /// The other side ended the handshake, and did not say why: it refused us, or it is us.
    HandshakeClosed,
    /// The other side said who it is, and left when the secrets were compared, twice in a row.
    OtherSecret(PeerId),
    /// The other side holds the secret, but is no Arsenal node.
    NoAgent,
    /// The operating system of this node gave no random numbers, so that others could send on the path.
    NoRandomness,
    /// The other side has the name of this node.
    OwnName(PeerId),
    /// The other side is an old start of a peer whose newer one is connected.
    Outdated(PeerId),
    /// This start of the node has the name, and is alive. Another process must not use it.
    NameHeld(PeerId),
    /// This node encrypts its connections, and the other side does not, or is no node.
    NoTls,
    /// The authority of this cluster did not sign the certificate of the other side, or it has expired.
    CertificateInvalid(String),
    /// The other side does not accept the certificate of this node.
    CertificateRefused(String),
    /// The certificate of the other side names another node.
    CertificateName(PeerId),
}

impl DialError {
    /// The kind of the reason, for programs.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Connect(_) => "connect",
            Self::ConnectTimedOut => "connect_timed_out",
            Self::HandshakeTimedOut => "handshake_timed_out",
            Self::HandshakeClosed => "handshake_closed",
            Self::OtherSecret(_) => "other_secret",
            Self::NoAgent => "no_agent",
            Self::NoRandomness => "no_randomness",
            Self::OwnName(_) => "own_name",
            Self::Outdated(_) => "outdated",
            Self::NameHeld(_) => "name_held",
            Self::NoTls => "no_tls",
            Self::CertificateInvalid(_) => "certificate_invalid",
            Self::CertificateRefused(_) => "certificate_refused",
            Self::CertificateName(_) => "certificate_name",
        }
    }
}

impl fmt::Display for DialError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Connect(kind) => write!(formatter, "cannot connect: {kind}"),
            Self::ConnectTimedOut => formatter.write_str("nothing answered the connection"),
            Self::HandshakeTimedOut => {
                formatter.write_str("connected, but the handshake got no answer")
            }
            Self::HandshakeClosed => formatter.write_str(
                "closed before the handshake was over: certificates on that side only (--cluster-cert), \
                 too many connections there that have not authenticated, no node, or this node itself",
            ),
            Self::OtherSecret(peer) => write!(
                formatter,
                "{peer} left when the secrets were compared: both need the same (--secret-file, else \
                 <data-dir>/secret)"
            ),
            Self::NoAgent => formatter.write_str("knows the secret, but is not an Arsenal node"),
            Self::NoRandomness => {
                formatter.write_str("the operating system of this node gave no random numbers")
            }
            Self::OwnName(peer) => write!(formatter, "{peer} has the name of this node"),
            Self::NoTls => formatter.write_str(
                "ended the TLS handshake without a word: it runs without certificates \
                 (--cluster-cert), or is no node",
            ),
            Self::CertificateInvalid(why) => {
                write!(formatter, "its certificate is not accepted here: {why}")
            }
            Self::CertificateRefused(why) => {
                write!(formatter, "it does not accept the certificate of this node: {why}")
            }
            Self::CertificateName(peer) => {
                write!(formatter, "the certificate of {peer} names another node")
            }
            Self::NameHeld(holder) => {
                let name = &holder.name;
                write!(formatter, "the name `{name}` is held by {holder}, which is alive or later")
            }
            Self::Outdated(peer) => {
                write!(formatter, "a newer start of {} is connected than {peer}", peer.name)
            }
        }
    }
}

impl std::error::Error for DialError {}
