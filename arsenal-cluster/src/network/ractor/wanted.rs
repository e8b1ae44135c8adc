//! The addresses that shall have a path, and how the dials to each of them go.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use ractor::ActorId;
use tokio::{sync::oneshot, task::JoinSet, time::Instant};

use super::{
    core::{Core, State},
    dial,
};
use crate::network::{Attempt, DialError, Down, PeerId, WantedPeer};

/// The failure in a row that people hear of first.
const TOLD_AT: u32 = 3;

pub(super) struct Wanted {
    pub(super) peer: WantedPeer,
    /// Who was found here last. The peer may advertise another address than the one we know.
    pub(super) found: Option<PeerId>,
    /// The dialler of this address. Ends with this entry.
    _task: JoinSet<()>,
    dial: Option<Dial>,
    failure: Option<Failure>,
}

/// A dial that waits for its session to become a path.
struct Dial {
    session: Option<ActorId>,
    failed: oneshot::Sender<DialError>,
}

struct Failure {
    reason: DialError,
    count: u32,
    since: Instant,
    next_try: Instant,
}

/// Replaces the set of wanted peers.
pub(super) fn want(core: &Arc<Core>, peers: Vec<WantedPeer>) {
    {
        let mut state = core.state();
        if state.is_shut {
            return;
        }
        for peer in unwanted(&state, &peers) {
            state.paths.end(&peer, Down::Unwanted);
        }
        let mut old = std::mem::take(&mut state.wanted);
        for peer in peers.into_iter().filter(|peer| peer.address != core.me.address) {
            // Whoever is expected anew is dialled anew, without the pause that failures left behind.
            let same = old.remove(&peer.address).filter(|old| old.peer.id == peer.id);
            let mut wanted = same.unwrap_or_else(|| begin(core, peer.clone()));
            wanted.peer = peer;
            state.wanted.insert(wanted.peer.address, wanted);
        }
    }
    core.wake();
}

fn begin(core: &Arc<Core>, peer: WantedPeer) -> Wanted {
    let mut task = JoinSet::new();
    task.spawn_on(dial::keep_dialling(Arc::clone(core), peer.address), core.runtime());
    Wanted { peer, found: None, _task: task, dial: None, failure: None }
}

/// The peers that have a path but are not in the set.
fn unwanted(state: &State, peers: &[WantedPeer]) -> Vec<PeerId> {
    let is_wanted = |id: &PeerId, address: SocketAddr, dialled: Option<SocketAddr>| {
        peers.iter().any(|peer| match &peer.id {
            Some(wanted) => wanted == id,
            None => {
                let found = state.wanted.get(&peer.address).and_then(|old| old.found.as_ref());
                peer.address == address || Some(peer.address) == dialled || found == Some(id)
            }
        })
    };
    let up = state.paths.up();
    up.filter(|path| !is_wanted(path.id, path.address, path.link.dialled))
        .map(|path| path.id.clone())
        .collect()
}

impl Wanted {
    /// A dial begins: its session is the next one that opens to this address.
    pub(super) fn dialling(&mut self) -> oneshot::Receiver<DialError> {
        let (failed, outcome) = oneshot::channel();
        self.dial = Some(Dial { session: None, failed });
        outcome
    }

    pub(super) fn opened(&mut self, session: ActorId) {
        if let Some(dial) = self.dial.as_mut() {
            dial.session.get_or_insert(session);
        }
    }

    /// A session to this address ended before it was a path.
    pub(super) fn closed(&mut self, session: ActorId, reason: DialError) {
        if let Some(dial) = self.dial.take_if(|dial| dial.session == Some(session)) {
            // The dialler may have given up in the meantime.
            dial.failed.send(reason).ok();
        }
    }

    /// Notes a failed dial. True if people should hear of it: at the third failure in a row (a peer
    /// that starts at the same time is not yet worth a warning), then at each other reason.
    pub(super) fn failed(&mut self, reason: DialError, pause: Duration) -> bool {
        let now = Instant::now();
        self.dial = None;
        let last = self.failure.take();
        let is_other = last.as_ref().is_none_or(|last| last.reason != reason);
        let (count, since) = last.map_or((0, now), |last| (last.count, last.since));
        let count = count.saturating_add(1);
        let is_news = count == TOLD_AT || (count > TOLD_AT && is_other);
        self.failure = Some(Failure { reason, count, since, next_try: now + pause });
        is_news
    }

    pub(super) fn reached(&mut self) {
        self.dial = None;
        self.failure = None;
    }

    pub(super) fn attempt(&self, now: Instant) -> Option<Attempt> {
        self.failure.as_ref().map(|failure| Attempt {
            address: self.peer.address,
            reason: failure.reason.clone(),
            count: failure.count,
            failed_since: failure.since,
            next_try_in: failure.next_try.saturating_duration_since(now),
        })
    }
}
