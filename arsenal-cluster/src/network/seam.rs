//! The seam between a node and its wire.

use std::{fmt, net::SocketAddr, sync::Arc};

use bytes::Bytes;
use ractor::ActorCell;

use super::{Attempt, Peer, PeerId, Refusals, WantedPeer};

/// The longest frame: a page of 1 MiB, and head room for what wraps it.
pub const FRAME_BYTES_MAX: usize = (1 << 20) + (64 << 10);

/// The longest datagram: what chitchat may make of a large digest and a full delta.
pub const DATAGRAM_BYTES_MAX: usize = 65_507;

/// All that a node asks of the wire.
///
/// No call blocks or waits. All that arrives goes to one [`Sink`].
pub trait Network: Send + Sync + 'static {
    /// Who we are.
    fn me(&self) -> &Peer;

    /// Begins delivery. Called once, and before [`want`](Self::want).
    fn start(&self, sink: Arc<dyn Sink>);

    /// The whole set of peers that shall have a path; it replaces the last one.
    ///
    /// A missing path is dialled until it is there, by one side first and with one dial in flight.
    /// A path that is up now to anyone else is closed. Paths that other peers open later stay until
    /// the next call, so a node adds whoever came up to what it wants.
    fn want(&self, peers: Vec<WantedPeer>);

    /// Ends a path: nothing can be sent on it from now on, `down(Reset)` follows at once here, and
    /// soon there if the link works. Nothing sent on it arrives on a later path.
    fn reset(&self, peer: &PeerId);

    /// Sends one frame: it arrives at most once, whole, and after those sent before it.
    ///
    /// `Ok` means accepted, not delivered. This never detects a dead peer: a frozen one, or a cut
    /// link, swallows frames silently. The node pings, and resets the path.
    fn send(&self, to: &PeerId, frame: Bytes) -> Result<(), SendError>;

    /// The wanted addresses that could not be reached, and why. At most one entry for each.
    fn attempts(&self) -> Vec<Attempt>;

    /// What was turned away since the start. Where no stranger reaches the wire, that is nothing.
    fn refusals(&self) -> Refusals {
        Refusals::default()
    }

    /// The actors of this process that the network consists of. They are no work of the program, and
    /// ending one would cut the node off.
    fn actors(&self) -> Vec<ActorCell> {
        Vec::new()
    }

    /// Sends a datagram to the node at an address. It may get lost, arrive twice or late; what
    /// arrives is what was sent, by a node of the same cluster. One that is longer than
    /// [`DATAGRAM_BYTES_MAX`] is dropped.
    fn datagram(&self, to: SocketAddr, bytes: &[u8]);
}

/// Where a network delivers. Calls about one peer never overlap: `up frame* down`, again and again.
pub trait Sink: Send + Sync + 'static {
    /// The path is open in both directions: what is sent from now on reaches a peer that can answer.
    fn up(&self, peer: &Peer);

    /// A frame arrived on the path that is up.
    fn frame(&self, from: &PeerId, frame: Bytes);

    /// The path is gone. Said once per `up`; also for a killed peer, never for a silent one.
    fn down(&self, peer: &PeerId, why: Down);

    /// A datagram of a node of this cluster arrived. It belongs to no path.
    fn datagram(&self, from: SocketAddr, bytes: Bytes);

    /// A peer has proved that it belongs to the cluster. The start of it that holds its name, if that
    /// is another one which lives without a path from here: the peer is refused then.
    fn holder(&self, _newcomer: &PeerId) -> Option<PeerId> {
        None
    }

    /// A newcomer was refused, since another start of its node is alive.
    fn refused(&self, _newcomer: &PeerId, _holder: &PeerId) {}

    /// A peer refused this node, since another start of it is alive.
    fn name_held(&self, _holder: &PeerId) {}
}

/// Why a frame was not accepted. In neither case it was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SendError {
    /// No path to the peer is up.
    NoPath,
    /// It is longer than [`FRAME_BYTES_MAX`].
    TooLarge,
}

impl fmt::Display for SendError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::NoPath => "no path to the peer is up",
            Self::TooLarge => "the frame is too large",
        })
    }
}

impl std::error::Error for SendError {}

/// Why a path is gone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Down {
    /// The other end closed it, died, or came again; or this network was closed.
    Closed,
    /// This node reset it.
    Reset,
    /// This node wants it no longer.
    Unwanted,
}
