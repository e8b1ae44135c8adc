//! The wire over real sockets: frames over `ractor_cluster` sessions.
//!
//! `ractor_cluster` authenticates connections and carries bytes; the rest is here. One remotable
//! agent actor per node receives all frames and all events of sessions, so they have one order.
//! Connections come in through a listener of our own, which knows its port, limits strangers, and
//! gives a busy port a clear error. Nothing is redialled by `ractor_cluster`, and none of its
//! sessions ends by itself when the other side never finishes the handshake: that is done here too.

mod accept;
mod agent;
mod authority;
mod connection;
mod core;
mod datagrams;
mod dial;
mod doubts;
mod ended;
mod events;
mod lending;
mod lent;
mod link;
mod message;
mod open;
mod reason;
mod secret;
mod server;
mod sessions;
mod tls;
mod tls_errors;
mod turned_away;
mod wiring;

use std::{
    fmt,
    net::SocketAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use bytes::Bytes;
use ractor::{ActorCell, ActorRef};
use tokio::{net::TcpListener, task::JoinSet};

pub(crate) use self::agent::AGENT_SCOPE;
use self::{core::Core, datagrams::Datagrams, message::AgentMessage};
pub use self::{
    open::{OpenError, RactorConfig},
    secret::ClusterSecret,
    server::SessionServer,
    tls::ClusterTls,
    tls_errors::TlsError,
};
use super::{
    Attempt, FRAME_BYTES_MAX, Network, Peer, PeerId, Refusals, SendError, Sink, WantedPeer,
};

/// How long the actors of the network may take to end.
const CLOSE_MAX: Duration = Duration::from_secs(5);

/// The network of one node, over TCP.
///
/// At most one is open per process, since the registries of ractor are global to it. What it started
/// ends with [`close`](Self::close), or when it is dropped; a node server that it was given goes on.
pub struct RactorNetwork {
    core: Arc<Core>,
    agent: ActorRef<AgentMessage>,
    /// Taken when delivery starts: nobody gets in before.
    listener: Mutex<Option<TcpListener>>,
    /// None once the network is closed: its port is free then.
    datagrams: Mutex<Option<Arc<Datagrams>>>,
    /// Accepts connections, reads datagrams, and tells of what it turned away.
    receiving: Mutex<JoinSet<()>>,
}

impl RactorNetwork {
    /// Listens, and starts the actors. Delivery begins with [`Network::start`].
    pub async fn open(config: RactorConfig) -> Result<Arc<Self>, OpenError> {
        open::open(config).await.map(Arc::new)
    }

    /// Closes all paths and ends all actors and tasks. Each path that is up gets its `down(Closed)`.
    ///
    /// Another network can be opened in this process afterwards.
    pub async fn close(&self) {
        self.shut();
        // Nobody listens any more once they have ended, not when they are told to.
        let mut receiving = std::mem::take(&mut *self.receiving());
        receiving.shutdown().await;
        self.core.server.close(CLOSE_MAX).await;
        if self.agent.drain_and_wait(Some(CLOSE_MAX)).await.is_err() {
            tracing::warn!("the agent of the network did not end in time");
        }
        self.core.forget_sink();
        open::release();
    }

    /// Stops all that would start something new.
    fn shut(&self) {
        self.receiving().abort_all();
        drop(self.listener.lock().unwrap_or_else(PoisonError::into_inner).take());
        drop(self.datagrams.lock().unwrap_or_else(PoisonError::into_inner).take());
        self.core.shut();
    }

    fn receiving(&self) -> MutexGuard<'_, JoinSet<()>> {
        self.receiving.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn datagrams(&self) -> Option<Arc<Datagrams>> {
        self.datagrams.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Network for RactorNetwork {
    fn me(&self) -> &Peer {
        &self.core.me
    }

    fn start(&self, sink: Arc<dyn Sink>) {
        let listener = self.listener.lock().unwrap_or_else(PoisonError::into_inner).take();
        let Some(listener) = listener else {
            tracing::error!("the network was started twice, or after it was closed");
            return;
        };
        self.core.begin(Arc::clone(&sink));
        let accepting = accept::keep_accepting(listener, Arc::clone(&self.core));
        let mut receiving = self.receiving();
        receiving.spawn_on(accepting, self.core.runtime());
        let core = Arc::clone(&self.core);
        let telling = async move { core.turned_away.keep_telling().await };
        receiving.spawn_on(telling, self.core.runtime());
        if self.core.server.is_given {
            let offering = lending::keep_offering(Arc::clone(&self.core));
            receiving.spawn_on(offering, self.core.runtime());
        }
        if let Some(datagrams) = self.datagrams() {
            receiving.spawn_on(datagrams.keep_reading(sink), self.core.runtime());
        }
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
        link.send(label, frame.into())
    }

    fn attempts(&self) -> Vec<Attempt> {
        self.core.attempts()
    }

    fn refusals(&self) -> Refusals {
        self.core.turned_away.counts()
    }

    fn actors(&self) -> Vec<ActorCell> {
        vec![self.core.server.actor.get_cell(), self.agent.get_cell()]
    }

    fn datagram(&self, to: SocketAddr, bytes: &[u8]) {
        if let Some(datagrams) = self.datagrams() {
            datagrams.send(to, bytes);
        }
    }
}

impl Drop for RactorNetwork {
    fn drop(&mut self) {
        self.shut();
        self.core.server.abandon();
        // It closes the sessions of all paths first.
        if self.agent.drain().is_err() {
            tracing::debug!("the agent of the network ended before");
        }
    }
}

impl fmt::Debug for RactorNetwork {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("RactorNetwork").field("core", &self.core).finish_non_exhaustive()
    }
}
