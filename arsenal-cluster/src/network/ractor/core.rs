//! What the agent, the diallers, the listener and the node's own threads share.

use std::{
    fmt,
    net::SocketAddr,
    sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError},
};

use ractor::ActorRef;
use ractor_cluster::NodeServerMessage;
use tokio::{runtime::Handle, sync::watch, time::Instant};

use super::{
    connection::Connection, dial::Dialling, lent::Lent, link::Link, message::AgentMessage,
    server::Server, sessions::Sessions, tls::ClusterTls, turned_away::TurnedAway,
};
use crate::network::{Attempt, Down, Peer, PeerId, Sink, WantedPeer, paths::Paths, wanted::Wanted};

pub(super) struct Core {
    pub(super) me: Peer,
    /// What connections are encrypted with, if they are.
    pub(super) tls: Option<ClusterTls>,
    /// What was turned away.
    pub(super) turned_away: Arc<TurnedAway>,
    runtime: Handle,
    pub(super) server: Server,
    /// Set once, right after the agent was spawned.
    agent: OnceLock<ActorRef<AgentMessage>>,
    state: Mutex<State>,
    /// Says that a path came up or went.
    changed: watch::Sender<()>,
    /// Says that nothing new begins any more.
    shut: watch::Sender<bool>,
}

pub(super) struct State {
    pub(super) paths: Paths<Arc<Link>>,
    pub(super) sessions: Sessions,
    pub(super) lent: Lent<Arc<Link>>,
    pub(super) wanted: Wanted<Dialling>,
    pub(super) sink: Option<Arc<dyn Sink>>,
    pub(super) is_shut: bool,
}

impl Core {
    pub(super) fn new(
        me: Peer,
        tls: Option<ClusterTls>,
        turned_away: Arc<TurnedAway>,
        server: Server,
    ) -> Self {
        let state = State {
            paths: Paths::new(me.clone()),
            sessions: Sessions::default(),
            lent: Lent::default(),
            wanted: Wanted::default(),
            sink: None,
            is_shut: false,
        };
        Self {
            me,
            tls,
            turned_away,
            runtime: Handle::current(),
            server,
            agent: OnceLock::new(),
            state: Mutex::new(state),
            changed: watch::Sender::new(()),
            shut: watch::Sender::new(false),
        }
    }

    /// No sink is ever called and nothing is awaited under this lock.
    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) const fn runtime(&self) -> &Handle {
        &self.runtime
    }

    pub(super) fn set_agent(&self, agent: ActorRef<AgentMessage>) {
        self.agent.get_or_init(|| agent);
    }

    pub(super) fn begin(&self, sink: Arc<dyn Sink>) {
        self.state().sink = Some(sink);
    }

    pub(super) fn forget_sink(&self) {
        drop(self.state().sink.take());
    }

    /// Ends all paths, pending sessions and diallers; nothing new begins.
    pub(super) fn shut(&self) {
        let wanted = {
            let mut state = self.state();
            state.is_shut = true;
            state.paths.end_all();
            state.sessions.let_go();
            std::mem::take(&mut state.wanted)
        };
        drop(wanted);
        self.shut.send_replace(true);
        self.wake();
    }

    pub(super) fn reset(&self, peer: &PeerId) {
        self.state().paths.end(peer, Down::Reset);
        self.wake();
    }

    pub(super) fn outgoing(&self, to: &PeerId) -> Option<(Arc<Link>, String)> {
        let state = self.state();
        state.paths.outgoing(to).map(|(link, label)| (Arc::clone(link), label))
    }

    /// Replaces the set of wanted peers. Paths to others are closed.
    pub(super) fn want(self: &Arc<Self>, peers: Vec<WantedPeer>) {
        {
            let mut state = self.state();
            if state.is_shut {
                return;
            }
            for peer in state.wanted.unwanted(&peers, &state.paths.up()) {
                state.paths.end(&peer, Down::Unwanted);
                state.lent.unwant(&peer);
            }
            state.lent.want(&peers);
            state.wanted.replace(self.me.address, peers, |address| Dialling::begin(self, address));
        }
        self.wake();
    }

    pub(super) fn attempts(&self) -> Vec<Attempt> {
        self.state().wanted.attempts(Instant::now())
    }

    /// Lets the agent carry out the steps that were left for it, and the diallers look again.
    pub(super) fn wake(&self) {
        if self.agent.get().is_some_and(|agent| agent.cast(AgentMessage::Wake).is_err()) {
            tracing::debug!("the agent of the network has ended already");
        }
        self.announce();
    }

    pub(super) fn announce(&self) {
        self.changed.send_replace(());
    }

    pub(super) fn subscribe(&self) -> watch::Receiver<()> {
        self.changed.subscribe()
    }

    pub(super) fn when_shut(&self) -> watch::Receiver<bool> {
        self.shut.subscribe()
    }

    /// Gives a connection to the node server, which makes a session of it.
    pub(super) fn hand_over(
        &self,
        connection: Connection,
        peer_addr: SocketAddr,
        is_server: bool,
    ) -> std::io::Result<()> {
        let stream = Box::new(connection.into_stream(peer_addr)?);
        if !is_server {
            self.state().sessions.dialling(peer_addr, Instant::now());
        }
        let message = NodeServerMessage::ConnectionOpened { stream, is_server };
        self.server.actor.cast(message).map_err(|_ended| {
            if !is_server {
                self.state().sessions.not_dialled(peer_addr);
            }
            std::io::ErrorKind::NotConnected.into()
        })
    }
}

impl fmt::Debug for Core {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Core").field("me", &self.me).finish_non_exhaustive()
    }
}
