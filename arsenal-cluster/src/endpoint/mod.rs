//! Calls, streams and pings over frames, written once for every network.
//!
//! [`Endpoint::call`] asks a peer and waits, bounded in time and number. [`Endpoint::open`] reads a
//! stream of a peer, which sends no more than there is room for. What comes in goes to the node's
//! [`Handler`]. A fixed beat of pings finds peers that are silent, which a network never does.

mod beats;
mod call;
mod deliver;
mod frame;
mod handler;
mod incoming;
mod inlets;
mod lateness;
mod open;
mod outlet;
mod outlets;
mod path;
mod served;
mod unread;
mod window;

use std::{
    collections::BTreeMap,
    fmt,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Duration,
};

use arsenal_core::defect::Defect;
use tokio::{task::JoinSet, time::MissedTickBehavior};

use self::{deliver::Deliver, frame::Frame, path::Path, served::Served};
pub use self::{
    handler::Handler,
    incoming::Incoming,
    inlets::STREAMS_OPENED_MAX,
    outlets::STREAMS_SERVED_MAX,
    path::{CALLS_IN_FLIGHT_MAX, PeerState},
    served::SERVED_MAX,
    unread::UNREAD_BYTES_MAX,
    window::{STREAM_BYTES_MAX, STREAM_ITEMS_MAX},
};
use crate::{
    network::{Network, PeerId},
    uptime::Uptime,
};

/// How often each peer is pinged, whether or not the last ping was answered.
pub const PING_EVERY: Duration = Duration::from_millis(450);

/// A peer with more beats than this without an answer is suspect. Not with as many: one ping is always
/// on its way.
pub const SUSPECT_AFTER: u32 = 2;

/// After this many beats without an answer the path is reset: 1.8 to 2.25 s after the peer fell silent.
pub const MISSED_MAX: u32 = 4;

/// The calls and streams of one node, in both directions.
///
/// Its tasks end with [`close`](Self::close), or when it is dropped.
pub struct Endpoint {
    network: Arc<dyn Network>,
    handler: Arc<dyn Handler>,
    paths: Mutex<BTreeMap<PeerId, Arc<Path>>>,
    served: Served,
    next_request: AtomicU64,
    late_refused: AtomicU64,
    malformed: AtomicU64,
    /// The zero of the clock that frames carry.
    born: Duration,
    uptime: Uptime,
    beating: Mutex<JoinSet<()>>,
    is_closed: AtomicBool,
}

impl Endpoint {
    /// Starts the network's delivery and the beat. Called inside the node's runtime.
    ///
    /// The endpoint keeps the handler, so a handler must not own the endpoint.
    pub fn start(
        network: Arc<dyn Network>,
        handler: Arc<dyn Handler>,
        uptime: Uptime,
    ) -> Arc<Self> {
        let endpoint = Arc::new(Self {
            network,
            handler,
            paths: Mutex::default(),
            served: Served::default(),
            next_request: AtomicU64::new(1),
            late_refused: AtomicU64::new(0),
            malformed: AtomicU64::new(0),
            born: uptime.now(),
            uptime,
            beating: Mutex::default(),
            is_closed: AtomicBool::new(false),
        });
        // Weak: the network keeps its sink, and the endpoint its network.
        let weak = Arc::downgrade(&endpoint);
        endpoint.network.start(Arc::new(Deliver(weak.clone())));
        endpoint.beating.lock().unwrap_or_else(PoisonError::into_inner).spawn(async move {
            let mut beat = tokio::time::interval(PING_EVERY);
            // After a freeze of our own, answers get time to be read before a peer is judged.
            beat.set_missed_tick_behavior(MissedTickBehavior::Delay);
            loop {
                beat.tick().await;
                let Some(endpoint) = weak.upgrade() else { return };
                endpoint.beat();
            }
        });
        endpoint
    }

    /// The peers that have a path, by name and generation.
    pub fn peers(&self) -> Vec<PeerState> {
        self.paths().values().map(|path| path.state()).collect()
    }

    /// How many requests were refused because their deadline had passed before they ran.
    pub fn late_refused(&self) -> u64 {
        self.late_refused.load(Ordering::Relaxed)
    }

    /// How many frames could not be read.
    pub fn malformed(&self) -> u64 {
        self.malformed.load(Ordering::Relaxed)
    }

    /// Ends the beat, all calls and streams that wait (`Lost`) and all that is served.
    ///
    /// The network stays open, but nothing of it is read any more.
    pub fn close(&self) {
        self.is_closed.store(true, Ordering::Release);
        self.beating.lock().unwrap_or_else(PoisonError::into_inner).abort_all();
        self.served.close();
        let paths = std::mem::take(&mut *self.paths());
        for path in paths.values() {
            path.lose_all();
        }
    }

    /// Pings all peers, and resets the paths to those that are silent.
    fn beat(&self) {
        let paths: Vec<Arc<Path>> = self.paths().values().cloned().collect();
        for path in paths {
            if path.missed() >= MISSED_MAX && !Defect::NoReaper.is_present() {
                tracing::warn!(peer = %path.peer().id, "silent for {MISSED_MAX} beats: path reset");
                self.network.reset(&path.peer().id);
            } else {
                self.ping(&path);
            }
        }
    }

    fn ping(&self, path: &Path) {
        let beat = path.next_beat();
        self.send(&path.peer().id, &Frame::Ping { beat, clock: self.clock() });
    }

    /// Sends what may get lost: the path may be gone, and then nobody waits for it.
    fn send(&self, to: &PeerId, frame: &Frame) {
        let frame = frame.encode();
        if let Some(path) = self.path(to) {
            path.sent(frame.len());
        }
        if let Err(error) = self.network.send(to, frame) {
            tracing::debug!(peer = %to, "not sent: {error}");
        }
    }

    /// Microseconds since the start of this endpoint. Goes on while the process is frozen, and while the
    /// machine sleeps where [`Uptime`] does.
    fn clock(&self) -> u64 {
        u64::try_from(self.uptime.now().saturating_sub(self.born).as_micros()).unwrap_or(u64::MAX)
    }

    fn paths(&self) -> MutexGuard<'_, BTreeMap<PeerId, Arc<Path>>> {
        self.paths.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Endpoint {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Endpoint").field("me", self.network.me()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
