//! The wire between simulated nodes of one world.
//!
//! Paths come to be as over [`ractor`](super::ractor): sessions, greetings and epochs are decided by
//! the same state machine. What the kernel and the cables do is a [`Wire`](wire::Wire): it delays,
//! loses, doubles and reorders datagrams; it delays, holds and cuts paths, but never loses a part of one.

mod core;
mod dial;
mod link;
mod parcel;
mod wire;
mod wires;
mod wiring;

use std::{
    fmt,
    net::SocketAddr,
    sync::{Arc, Mutex, PoisonError},
};

use bytes::Bytes;
use tokio::task::JoinSet;

use self::{core::Core, parcel::Parcel};
pub use self::{
    link::{DELAY_MIN, LinkConditions},
    wire::Traffic,
    wires::{Delivery, Wires},
};
use super::{
    Attempt, DATAGRAM_BYTES_MAX, FRAME_BYTES_MAX, Network, Peer, PeerId, SendError, Sink,
    WantedPeer,
};

/// The network of one start of one simulated node. Ends with the runtime that it was made in.
pub struct SimNetwork {
    core: Arc<Core>,
    tasks: Mutex<JoinSet<()>>,
}

impl Network for SimNetwork {
    fn me(&self) -> &Peer {
        &self.core.me
    }

    fn start(&self, sink: Arc<dyn Sink>) {
        self.core.begin(sink);
        let work = Arc::clone(&self.core).work();
        self.tasks.lock().unwrap_or_else(PoisonError::into_inner).spawn(work);
    }

    fn want(&self, peers: Vec<WantedPeer>) {
        self.core.want(peers);
    }

    fn reset(&self, peer: &PeerId) {
        self.core.reset(peer);
    }

    fn send(&self, to: &PeerId, frame: Bytes) -> Result<(), SendError> {
        if frame.len() > FRAME_BYTES_MAX {
            return Err(SendError::TooLarge);
        }
        let (link, label) = self.core.outgoing(to).ok_or(SendError::NoPath)?;
        self.core.post(link.to, &Parcel::Frame { session: link.session, label, bytes: frame });
        Ok(())
    }

    fn attempts(&self) -> Vec<Attempt> {
        self.core.attempts()
    }

    fn datagram(&self, to: SocketAddr, bytes: &[u8]) {
        if bytes.len() <= DATAGRAM_BYTES_MAX {
            self.core.datagram(to, bytes);
        }
    }
}

impl fmt::Debug for SimNetwork {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("SimNetwork").field("me", &self.core.me).finish_non_exhaustive()
    }
}
