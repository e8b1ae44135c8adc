//! The wire, as a node sees it: frames over paths to peers, datagrams for gossip, and nothing else.
//!
//! A node is written once above [`Network`]; [`ractor`] is the implementation over real sockets, and
//! [`sim`] the one between simulated nodes.

mod attempt;
mod contenders;
mod dialler;
mod dialling;
mod greeting;
mod note;
mod paths;
mod peer;
pub mod ractor;
mod refusals;
pub(crate) mod seal;
mod seam;
pub mod sim;
mod steps;
#[cfg(test)]
pub(crate) mod unplugged;
mod wanted;

pub use attempt::{Attempt, DialError};
pub use peer::{InvalidPeerId, Peer, PeerId, WantedPeer};
pub use refusals::{DroppedDatagrams, Refusals, RefusedConnections};
pub use seal::{DatagramKey, DatagramKeys};
pub use seam::{DATAGRAM_BYTES_MAX, Down, FRAME_BYTES_MAX, Network, SendError, Sink};
