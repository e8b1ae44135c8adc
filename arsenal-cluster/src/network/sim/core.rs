//! What the tasks of one simulated network share: its paths, whom it wants, and what arrived.

use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    net::SocketAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use bytes::Bytes;
use tokio::{
    sync::{Notify, watch},
    time::Instant,
};

use super::{
    dial::{Dial, Dialler, Stage},
    parcel::Parcel,
    wire::Wire,
};
use crate::network::{
    Attempt, DialError, Down, Peer, PeerId, Sink, WantedPeer,
    contenders::Drawn,
    paths::{Dialled, Paths},
    steps::carry_out,
    wanted::Wanted,
};

pub(super) struct Core {
    pub(super) me: Peer,
    pub(super) slot: usize,
    /// When the node started: by the world's clock, and by the node's own.
    born: (Duration, Instant),
    wire: Arc<Mutex<Wire>>,
    state: Mutex<State>,
    /// Says that something arrived, or that there are steps to carry out.
    work: Notify,
    /// Says that a path came up or went, or that a dial came further.
    changed: watch::Sender<()>,
}

pub(super) struct State {
    pub(super) paths: Paths<Link>,
    pub(super) wanted: Wanted<Dialler>,
    /// Sessions that were dialled and are not a path yet.
    pub(super) dials: BTreeMap<u64, Dial>,
    arrived: VecDeque<Parcel>,
    pub(super) sink: Option<Arc<dyn Sink>>,
}

/// One session, and the node at its other end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Link {
    pub(super) session: u64,
    pub(super) to: usize,
    dialled: Option<SocketAddr>,
}

impl Dialled for Link {
    fn dialled(&self) -> Option<SocketAddr> {
        self.dialled
    }
}

impl Core {
    pub(super) fn new(me: Peer, slot: usize, born: Duration, wire: Arc<Mutex<Wire>>) -> Arc<Self> {
        let state = State {
            paths: Paths::new(me.clone()),
            wanted: Wanted::default(),
            dials: BTreeMap::new(),
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

    /// Delivers nothing any more, and gives the sessions that stood: the place of the other end, and
    /// their number.
    pub(super) fn end(&self) -> BTreeSet<(usize, u64)> {
        let mut state = self.state();
        state.sink = None;
        state.arrived.clear();
        let dials = std::mem::take(&mut state.dials);
        let dials = dials.into_iter().map(|(session, dial)| (dial.to, session));
        let sessions = state.paths.links().map(|link| (link.to, link.session));
        let sessions = sessions.chain(dials).collect::<BTreeSet<(usize, u64)>>();
        drop(std::mem::take(&mut state.wanted));
        sessions
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
        self.wake();
    }

    /// Replaces the set of wanted peers. Paths to others are closed.
    pub(super) fn want(self: &Arc<Self>, peers: Vec<WantedPeer>) {
        let mut state = self.state();
        for peer in state.wanted.unwanted(&peers, &state.paths.up()) {
            state.paths.end(&peer, Down::Unwanted);
        }
        state.wanted.replace(self.me.address, peers, |address| Dialler::begin(self, address));
        drop(state);
        self.wake();
    }

    pub(super) fn attempts(&self) -> Vec<Attempt> {
        self.state().wanted.attempts(Instant::now())
    }

    /// Lets the steps that were left be carried out, and the diallers look again.
    pub(super) fn wake(&self) {
        self.work.notify_one();
        self.announce();
    }

    pub(super) fn announce(&self) {
        self.changed.send_replace(());
    }

    pub(super) fn subscribe(&self) -> watch::Receiver<()> {
        self.changed.subscribe()
    }

    /// Carries out what arrives and what was asked for, one after the other, as long as the node runs.
    #[expect(clippy::infinite_loop, reason = "it ends with the runtime of the node")]
    pub(super) async fn work(self: Arc<Self>) {
        loop {
            carry_out(&*self);
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
                // Both ends learn who is there, and each refuses for itself.
                let (me, own_slot) = (self.me.id.clone(), self.slot);
                self.post(slot, &Parcel::Accepted { session, from: me, slot: own_slot });
                self.ready(from, Link { session, to: slot, dialled: None });
            }
            Parcel::Connected { session } => self.came_to(session, Stage::Connected),
            Parcel::Accepted { session, from, slot } => {
                self.came_to(session, Stage::Connected);
                let address = self.state().dials.get(&session).map(|dial| dial.address);
                if address.is_none() {
                    // Whoever dialled has given up.
                    self.post(slot, &Parcel::Closed { session });
                } else {
                    self.ready(from, Link { session, to: slot, dialled: address });
                }
            }
            Parcel::Note { sender, note, .. } => {
                self.state().paths.noted(&sender, &note, Instant::now());
            }
            Parcel::Greeting { greeting, .. } => self.state().paths.greeted(&greeting),
            Parcel::Refused { session } => {
                let refused = DialError::Connect(std::io::ErrorKind::ConnectionRefused);
                self.came_to(session, Stage::Over(refused));
            }
            Parcel::GivenUp { session } | Parcel::Closed { session } => {
                self.state().paths.gone(|link| link.session == session);
                self.came_to(session, Stage::Over(DialError::HandshakeClosed));
            }
        }
        carry_out(self);
    }

    /// A dial came further. Once it is over, that stands.
    pub(super) fn came_to(&self, session: u64, stage: Stage) {
        if let Some(dial) = self.state().dials.get_mut(&session) {
            dial.stage.advance(stage);
        }
        self.announce();
    }

    /// A session stands: its path begins, or it is ended.
    fn ready(&self, peer: PeerId, link: Link) {
        let (session, to) = (link.session, link.to);
        let sink = self.state().sink.clone();
        if let Some(holder) = sink.and_then(|sink| sink.holder(&peer)) {
            return self.state().paths.refuse_for(holder, peer, link);
        }
        // The number of a session is as good as a random one: nobody here guesses.
        let begun = {
            let mut state = self.state();
            let other = state.paths.waiting(&peer).filter(|other| other.session != session);
            if other.is_some_and(|other| self.prevails(other, &link)) {
                Err(DialError::HandshakeClosed)
            } else {
                let drawn = Drawn { secret: session, probe: session };
                state.paths.ready(peer, link, drawn, Instant::now())
            }
        };
        if let Err(why) = begun {
            tracing::debug!("refused a session: {why}");
            self.post(to, &Parcel::Closed { session });
            self.came_to(session, Stage::Over(why));
        }
    }

    /// Whether of two sessions to one peer that are not up yet the first stands. Where both ends dial at
    /// the same moment, both keep the one that the lower place dialled: if each kept the one that came
    /// later there, neither would be left.
    fn prevails(&self, first: &Link, second: &Link) -> bool {
        let is_of_lower = |link: &Link| (self.slot < link.to) == link.dialled.is_some();
        is_of_lower(first) && !is_of_lower(second)
    }

    pub(super) fn wire(&self) -> MutexGuard<'_, Wire> {
        self.wire.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
