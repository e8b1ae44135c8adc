//! What the endpoint keeps for one path while it is up.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use arsenal_core::membership::CallError;
use bytes::Bytes;
use tokio::{
    sync::{oneshot, watch},
    time::Instant,
};

use super::{beats::Beats, inlets::Inlets, lateness::Lateness, outlets::Outlets, unread::Unread};
use crate::network::Peer;

/// Calls that may wait for one peer.
pub const CALLS_IN_FLIGHT_MAX: usize = 256;

/// A peer with a path, as it is now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PeerState {
    /// The peer.
    pub peer: Peer,
    /// How long the last answered ping took; `None` until one was.
    pub rtt: Option<Duration>,
    /// How many pings were sent since the last one that was answered. One is usual: it is on its way.
    pub missed: u32,
    /// When the path came up.
    pub up_since: Instant,
    /// When the last ping was sent that was answered.
    pub confirmed_at: Option<Instant>,
    /// How many calls of this node wait for the peer, at most [`CALLS_IN_FLIGHT_MAX`].
    pub calls_in_flight: usize,
    /// How many streams of the peer this node reads.
    pub streams_opened: usize,
    /// How many streams the peer reads of this node.
    pub streams_served: usize,
    /// How many bytes were sent that the peer may not have read.
    pub unread_bytes: u64,
}

type Outcome = Result<Bytes, CallError>;

/// A call that waits: where its request stands among the bytes that were sent, and who waits.
struct Call {
    place: u64,
    waiting: oneshot::Sender<Outcome>,
}

pub(super) struct Path {
    peer: Peer,
    up_since: Instant,
    /// Calls that wait, by id; `None` once the path is gone.
    calls: Mutex<Option<BTreeMap<u64, Call>>>,
    unread: Mutex<Unread>,
    inlets: Inlets,
    outlets: Outlets,
    beats: Mutex<Beats>,
    /// Whether a ping was answered.
    is_greeted: watch::Sender<bool>,
    lateness: Mutex<Lateness>,
}

/// A call that waits. Forgotten when this is dropped.
pub(super) struct Waiting {
    pub(super) path: Arc<Path>,
    pub(super) id: u64,
    pub(super) outcome: oneshot::Receiver<Outcome>,
}

impl Path {
    pub(super) fn new(peer: Peer) -> Self {
        Self {
            peer,
            up_since: Instant::now(),
            calls: Mutex::new(Some(BTreeMap::new())),
            unread: Mutex::default(),
            inlets: Inlets::default(),
            outlets: Outlets::default(),
            beats: Mutex::default(),
            is_greeted: watch::Sender::new(false),
            lateness: Mutex::default(),
        }
    }

    pub(super) const fn peer(&self) -> &Peer {
        &self.peer
    }

    /// The streams of the peer that this node reads.
    pub(super) const fn inlets(&self) -> &Inlets {
        &self.inlets
    }

    /// The streams that the peer reads of this node.
    pub(super) const fn outlets(&self) -> &Outlets {
        &self.outlets
    }

    /// Enlists a call, if there is room.
    pub(super) fn enlist(self: Arc<Self>, id: u64) -> Result<Waiting, CallError> {
        let (sender, outcome) = oneshot::channel();
        {
            let mut calls = locked(&self.calls);
            let calls = calls.as_mut().ok_or(CallError::Unavailable)?;
            if calls.len() >= CALLS_IN_FLIGHT_MAX {
                return Err(CallError::Overloaded);
            }
            calls.insert(id, Call { place: 0, waiting: sender });
        }
        Ok(Waiting { path: self, id, outcome })
    }

    /// Ends a call that waits. A reply that nobody waits for is dropped.
    pub(super) fn complete(&self, id: u64, outcome: Outcome) {
        let call = locked(&self.calls).as_mut().and_then(|calls| calls.remove(&id));
        let Some(Call { place, waiting }) = call else { return };
        locked(&self.unread).read_to(place);
        // The receiver is gone if its caller gave up in this moment.
        waiting.send(outcome).ok();
    }

    /// A request of this length goes out, if there is room for it.
    pub(super) fn ask(&self, id: u64, bytes: usize) -> Result<(), CallError> {
        let place = {
            let mut unread = locked(&self.unread);
            if unread.is_full(bytes) {
                return Err(CallError::Overloaded);
            }
            unread.sent(bytes)
        };
        // Streams have their own places.
        if let Some(call) = locked(&self.calls).as_mut().and_then(|calls| calls.get_mut(&id)) {
            call.place = place;
        }
        Ok(())
    }

    /// A frame that nobody can refuse goes out.
    pub(super) fn sent(&self, bytes: usize) {
        locked(&self.unread).sent(bytes);
    }

    /// Whether so much is on its way to the peer that nothing of what it asks for is served.
    pub(super) fn is_full(&self) -> bool {
        locked(&self.unread).is_full(0)
    }

    /// The path is gone: all that waits on it is lost, and nothing else comes.
    pub(super) fn lose_all(&self) {
        self.inlets.lose_all();
        self.outlets.cancel_all();
        let calls = locked(&self.calls).take();
        for call in calls.into_iter().flat_map(BTreeMap::into_values) {
            call.waiting.send(Err(CallError::Lost)).ok();
        }
    }

    pub(super) fn next_beat(&self) -> u64 {
        let beat = locked(&self.beats).next();
        locked(&self.unread).pinged(beat);
        beat
    }

    pub(super) fn answered(&self, beat: u64, round_trip: Duration) {
        locked(&self.unread).ponged(beat);
        let is_greeted = {
            let mut beats = locked(&self.beats);
            beats.answered(beat, round_trip, Instant::now());
            beats.round_trip().is_some()
        };
        self.is_greeted.send_if_modified(|greeted| is_greeted && !std::mem::replace(greeted, true));
    }

    /// Waits until the peer has answered a ping, so that it knows the offset of our clock. Where the
    /// path is `gone` it never will, and nothing else ends what was not sent.
    pub(super) async fn greeted(&self, gone: impl Future) -> Result<(), CallError> {
        if *self.is_greeted.borrow() {
            return Ok(());
        }
        let mut is_greeted = self.is_greeted.subscribe();
        tokio::select! {
            biased;
            // The sender lives as long as the path.
            _ = is_greeted.wait_for(|greeted| *greeted) => Ok(()),
            _ = gone => Err(CallError::Unavailable),
        }
    }

    pub(super) fn missed(&self) -> u32 {
        locked(&self.beats).missed()
    }

    /// How late a frame is that was sent at this time of its sender's clock.
    pub(super) fn lateness(&self, now: u64, sent: u64) -> Duration {
        Duration::from_micros(locked(&self.lateness).of(now, sent))
    }

    pub(super) fn state(&self) -> PeerState {
        let beats = locked(&self.beats);
        PeerState {
            peer: self.peer.clone(),
            rtt: beats.round_trip(),
            missed: beats.missed(),
            up_since: self.up_since,
            confirmed_at: beats.confirmed_at(),
            calls_in_flight: locked(&self.calls).as_ref().map_or(0, BTreeMap::len),
            streams_opened: self.inlets.len(),
            streams_served: self.outlets.len(),
            unread_bytes: locked(&self.unread).unread(),
        }
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        if let Some(calls) = locked(&self.path.calls).as_mut() {
            drop(calls.remove(&self.id));
        }
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
