//! What the tasks of one simulated network share: its paths, whom it wants, and what arrived.

use std::{
    collections::{BTreeMap, VecDeque},
    net::SocketAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use bytes::Bytes;
use tokio::{
    sync::{Notify, watch},
    task::JoinSet,
    time::Instant,
};

use super::{dial, parcel::Parcel, wire::Wire};
use crate::network::{
    Down, Peer, PeerId, Sink, WantedPeer,
    paths::{Paths, Step},
};

pub(super) struct Core {
    pub(super) me: Peer,
    slot: usize,
    /// When the node started: by the world's clock, and by the node's own.
    born: (Duration, Instant),
    wire: Arc<Mutex<Wire>>,
    state: Mutex<State>,
    /// Says that something arrived, or that there are steps to carry out.
    work: Notify,
    /// Says that a path came up or went.
    changed: watch::Sender<()>,
}

pub(super) struct State {
    paths: Paths<Link>,
    wanted: BTreeMap<SocketAddr, Wanted>,
    /// Sessions that were dialled and not answered yet.
    dialled: BTreeMap<u64, SocketAddr>,
    arrived: VecDeque<Parcel>,
    sink: Option<Arc<dyn Sink>>,
}

/// One session, and the node at its other end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Link {
    pub(super) session: u64,
    pub(super) to: usize,
    pub(super) dialled: Option<SocketAddr>,
}

struct Wanted {
    peer: WantedPeer,
    /// Who was found here last.
    found: Option<PeerId>,
    /// The dialler of this address. Ends with this entry.
    _task: JoinSet<()>,
}

impl Core {
    pub(super) fn new(me: Peer, slot: usize, born: Duration, wire: Arc<Mutex<Wire>>) -> Arc<Self> {
        let state = State {
            paths: Paths::new(me.clone()),
            wanted: BTreeMap::new(),
            dialled: BTreeMap::new(),
            arrived: VecDeque::new(),
            sink: None,
        };
        Arc::new(Self {
            me,
            slot,
            born: (born, Instant::now()),
            wire,
            state: Mutex::new(state),
            work: Notify::new(),
            changed: watch::Sender::new(()),
        })
    }

    /// The world's time, as this node's clock tells it.
    pub(super) fn now(&self) -> Duration {
        self.born.0 + self.born.1.elapsed()
    }

    /// The node's instant of a time of the world.
    pub(super) fn instant(&self, at: Duration) -> Instant {
        self.born.1 + at.saturating_sub(self.born.0)
    }

    pub(super) fn begin(&self, sink: Arc<dyn Sink>) {
        self.state().sink = Some(sink);
    }

    /// Delivers nothing any more, and gives the sessions that stood.
    pub(super) fn end(&self) -> Vec<Link> {
        let mut state = self.state();
        state.sink = None;
        state.arrived.clear();
        let links = state.paths.links().cloned().collect();
        drop(std::mem::take(&mut state.wanted));
        links
    }

    pub(super) fn arrived(&self, parcel: Parcel) {
        self.state().arrived.push_back(parcel);
        self.work.notify_one();
    }

    pub(super) fn datagram(&self, to: SocketAddr, bytes: &[u8]) {
        let slot = self.wire().slot_at(to);
        if let Some(to) = slot {
            let bytes = Bytes::copy_from_slice(bytes);
            self.post(to, &Parcel::Datagram { from: self.me.address, bytes });
        }
    }

    pub(super) fn outgoing(&self, to: &PeerId) -> Option<(Link, String)> {
        let state = self.state();
        state.paths.outgoing(to).map(|(link, label)| (link.clone(), label))
    }

    pub(super) fn post(&self, to: usize, parcel: &Parcel) {
        let now = self.now();
        self.wire().send(now, self.slot, to, parcel);
    }

    pub(super) fn reset(&self, peer: &PeerId) {
        self.state().paths.end(peer, Down::Reset);
        self.work.notify_one();
        self.changed.send_replace(());
    }

    /// Replaces the set of wanted peers. Paths to others are closed.
    pub(super) fn want(self: &Arc<Self>, peers: Vec<WantedPeer>) {
        let mut state = self.state();
        for peer in state.unwanted(&peers) {
            state.paths.end(&peer, Down::Unwanted);
        }
        let mut old = std::mem::take(&mut state.wanted);
        for peer in peers.into_iter().filter(|peer| peer.address != self.me.address) {
            let same = old.remove(&peer.address).filter(|old| old.peer.id == peer.id);
            let mut wanted = same.unwrap_or_else(|| self.dialler(&peer));
            wanted.peer = peer;
            state.wanted.insert(wanted.peer.address, wanted);
        }
        drop(state);
        self.work.notify_one();
        self.changed.send_replace(());
    }

    fn dialler(self: &Arc<Self>, peer: &WantedPeer) -> Wanted {
        let mut task = JoinSet::new();
        task.spawn(dial::keep_dialling(Arc::clone(self), peer.address));
        Wanted { peer: peer.clone(), found: None, _task: task }
    }

    /// Whether a path leads to whom is wanted at this address.
    pub(super) fn reaches(&self, address: SocketAddr) -> bool {
        let state = self.state();
        let wanted = state.wanted.get(&address);
        let expected = wanted.and_then(|wanted| wanted.peer.id.as_ref());
        let found = wanted.and_then(|wanted| wanted.found.as_ref());
        state.paths.up().any(|path| {
            path.address == address
                || path.link.dialled == Some(address)
                || expected == Some(path.id)
                || found == Some(path.id)
        })
    }

    /// Dials an address. The number of the session, unless nobody can ever listen there.
    pub(super) fn dial(&self, address: SocketAddr) -> Option<u64> {
        let (slot, session) = {
            let mut wire = self.wire();
            (wire.slot_at(address)?, wire.next())
        };
        self.state().dialled.insert(session, address);
        let from = self.me.id.clone();
        self.post(slot, &Parcel::Connect { session, from, slot: self.slot });
        Some(session)
    }

    /// Whether a dialled session may still become a path.
    pub(super) fn is_dialling(&self, session: u64) -> bool {
        let state = self.state();
        state.dialled.contains_key(&session)
            || state.paths.links().any(|link| link.session == session)
    }

    pub(super) fn give_up(&self, session: u64) {
        self.state().dialled.remove(&session);
    }

    pub(super) fn changes(&self) -> watch::Receiver<()> {
        self.changed.subscribe()
    }

    /// Carries out what arrives and what was asked for, one after the other, as long as the node runs.
    #[expect(clippy::infinite_loop, reason = "it ends with the runtime of the node")]
    pub(super) async fn work(self: Arc<Self>) {
        loop {
            self.carry_out();
            let arrived = self.state().arrived.pop_front();
            match arrived {
                Some(parcel) => self.read(parcel),
                None => self.work.notified().await,
            }
        }
    }

    fn read(&self, parcel: Parcel) {
        match parcel {
            Parcel::Datagram { from, bytes } => {
                let sink = self.state().sink.clone();
                sink.inspect(|sink| sink.datagram(from, bytes));
            }
            Parcel::Frame { label, bytes, .. } => {
                let (sink, from) = {
                    let state = self.state();
                    (state.sink.clone(), state.paths.sender(&label).cloned())
                };
                if let (Some(sink), Some(from)) = (sink, from) {
                    sink.frame(&from, bytes);
                }
            }
            Parcel::Connect { session, from, slot } => {
                let link = Link { session, to: slot, dialled: None };
                if self.ready(from, link) {
                    let from = self.me.id.clone();
                    self.post(slot, &Parcel::Accepted { session, from });
                }
            }
            Parcel::Accepted { session, from } => {
                let Some(address) = self.state().dialled.remove(&session) else { return };
                let to = self.wire().slot_at(address);
                if let Some(to) = to {
                    self.ready(from, Link { session, to, dialled: Some(address) });
                }
            }
            Parcel::Greeting { greeting, .. } => self.state().paths.greeted(&greeting),
            Parcel::Refused { session } | Parcel::Closed { session } => {
                let mut state = self.state();
                state.dialled.remove(&session);
                state.paths.gone(|link| link.session == session);
                drop(state);
                self.changed.send_replace(());
            }
        }
        self.carry_out();
    }

    /// A session stands: its path begins, or it is ended.
    fn ready(&self, peer: PeerId, link: Link) -> bool {
        let (session, to) = (link.session, link.to);
        let begun = self.state().paths.ready(peer, link);
        if let Err(why) = &begun {
            tracing::debug!("refused a session: {why}");
            self.post(to, &Parcel::Closed { session });
            self.changed.send_replace(());
        }
        begun.is_ok()
    }

    fn carry_out(&self) {
        loop {
            let (step, sink) = {
                let mut state = self.state();
                let Some(step) = state.paths.next_step() else { return };
                if let Step::Up(peer, link) = &step
                    && let Some(wanted) = link.dialled.and_then(|at| state.wanted.get_mut(&at))
                {
                    wanted.found = Some(peer.id.clone());
                }
                (step, state.sink.clone())
            };
            match step {
                Step::Greet(Link { session, to, .. }, greeting) => {
                    self.post(to, &Parcel::Greeting { session, greeting });
                }
                Step::Close(Link { session, to, .. }) => {
                    self.post(to, &Parcel::Closed { session });
                }
                Step::Up(peer, _) => {
                    self.changed.send_replace(());
                    sink.inspect(|sink| sink.up(&peer));
                }
                Step::Down(peer, why) => {
                    self.changed.send_replace(());
                    sink.inspect(|sink| sink.down(&peer, why));
                }
            }
        }
    }

    fn wire(&self) -> MutexGuard<'_, Wire> {
        self.wire.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// The peers that have a path but are not in the set.
    fn unwanted(&self, peers: &[WantedPeer]) -> Vec<PeerId> {
        let is_wanted = |id: &PeerId, address: SocketAddr, dialled: Option<SocketAddr>| {
            peers.iter().any(|peer| match &peer.id {
                Some(wanted) => wanted == id,
                None => {
                    let found = self.wanted.get(&peer.address).and_then(|old| old.found.as_ref());
                    peer.address == address || Some(peer.address) == dialled || found == Some(id)
                }
            })
        };
        let up = self.paths.up();
        up.filter(|path| !is_wanted(path.id, path.address, path.link.dialled))
            .map(|path| path.id.clone())
            .collect()
    }
}
