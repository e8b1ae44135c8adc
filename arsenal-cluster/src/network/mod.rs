//! The wire, as a node sees it: frames over paths to peers, and nothing else.
//!
//! A node is written once above [`Network`]; [`ractor`] is the implementation over real sockets.
//! Datagrams are not part of it yet: they come with gossip, the only thing that needs them.

mod peer;
pub mod ractor;
mod seam;

pub use peer::{InvalidPeerId, Peer, PeerId, WantedPeer};
pub use seam::{Down, FRAME_BYTES_MAX, Network, SendError, Sink};
