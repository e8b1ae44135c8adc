//! For tests of what needs a network, but no other node.

use std::{net::SocketAddr, sync::Arc};

use bytes::Bytes;

use super::{Attempt, Network, Peer, PeerId, SendError, Sink, WantedPeer};

/// A network without a wire.
pub(crate) struct Unplugged(pub(crate) Peer);

impl Network for Unplugged {
    fn me(&self) -> &Peer {
        &self.0
    }
    fn start(&self, _: Arc<dyn Sink>) {}
    fn want(&self, _: Vec<WantedPeer>) {}
    fn reset(&self, _: &PeerId) {}
    fn send(&self, _: &PeerId, _: Bytes) -> Result<(), SendError> {
        Err(SendError::NoPath)
    }
    fn attempts(&self) -> Vec<Attempt> {
        Vec::new()
    }
    fn datagram(&self, _: SocketAddr, _: &[u8]) {}
}
