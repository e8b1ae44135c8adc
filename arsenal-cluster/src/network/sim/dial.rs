//! What one dial is on a simulated wire. Its times and its reasons are those of real dials, so that what
//! is seen here is seen there.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use tokio::{
    sync::watch,
    task::JoinSet,
    time::{Instant, sleep, timeout},
};

use super::{core::Core, parcel::Parcel};
use crate::network::{
    DialError,
    dialler::{Dials, keep_dialling, until},
    dialling::{CONNECT_MAX, HANDSHAKE_MAX},
};

/// The dialler of one address. Ends when it is dropped.
pub(super) struct Dialler {
    _task: JoinSet<()>,
}

/// A session that was dialled.
pub(super) struct Dial {
    pub(super) address: SocketAddr,
    /// The place of whoever has the address.
    pub(super) to: usize,
    pub(super) stage: Stage,
}

/// How far a dial has come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Stage {
    /// Nobody answered yet.
    Connecting,
    /// The other end's kernel answered, if not the node itself.
    Connected,
    /// There will be no path.
    Over(DialError),
}

impl Stage {
    /// Goes on; a dial that is over stays so, for the first reason.
    pub(super) fn advance(&mut self, to: Self) {
        if !matches!(self, Self::Over(_)) {
            *self = to;
        }
    }
}

impl Dialler {
    /// Starts a dialler, inside of the runtime of the node.
    pub(super) fn begin(core: &Arc<Core>, address: SocketAddr) -> Self {
        let mut task = JoinSet::new();
        task.spawn(keep_dialling(Arc::clone(core), address));
        Self { _task: task }
    }
}

impl Core {
    /// Opens a session to an address; `None` where no node of this world ever listens.
    fn connect(&self, address: SocketAddr) -> Option<u64> {
        let (to, session) = {
            let mut wire = self.wire();
            (wire.slot_at(address)?, wire.next())
        };
        self.state().dials.insert(session, Dial { address, to, stage: Stage::Connecting });
        let from = self.me.id.clone();
        self.post(to, &Parcel::Connect { session, from, slot: self.slot });
        Some(session)
    }

    fn stage(&self, session: u64) -> Stage {
        let state = self.state();
        let gone = || Stage::Over(DialError::HandshakeClosed);
        state.dials.get(&session).map_or_else(gone, |dial| dial.stage.clone())
    }

    /// Waits until a path is up, or the dial has come to its end.
    async fn handshake(&self, session: u64, address: SocketAddr) -> Result<(), DialError> {
        let mut changes = self.changes();
        let has_answer = || self.reaches(address) || self.stage(session) != Stage::Connecting;
        if timeout(CONNECT_MAX, until(&mut changes, has_answer)).await.is_err() {
            return Err(DialError::ConnectTimedOut);
        }
        let is_over = || self.reaches(address) || matches!(self.stage(session), Stage::Over(_));
        if timeout(HANDSHAKE_MAX, until(&mut changes, is_over)).await.is_err() {
            return Err(DialError::HandshakeTimedOut);
        }
        match self.stage(session) {
            Stage::Over(why) if !self.reaches(address) => Err(why),
            Stage::Over(_) | Stage::Connecting | Stage::Connected => Ok(()),
        }
    }

    /// The dial is done with: what did not become a path is closed.
    fn finish(&self, session: u64) {
        let mut state = self.state();
        let dial = state.dials.remove(&session);
        state.paths.give_up(|link| link.session == session);
        let is_up = state.paths.links().any(|link| link.session == session);
        drop(state);
        match dial {
            Some(Dial { to, stage: Stage::Connecting, .. }) if !is_up => {
                self.post(to, &Parcel::GivenUp { session });
            }
            Some(Dial { to, stage: Stage::Connected, .. }) if !is_up => {
                self.post(to, &Parcel::Closed { session });
            }
            Some(_) | None => {}
        }
        self.wake();
    }
}

impl Dials for Core {
    fn listens_at(&self) -> SocketAddr {
        self.me.address
    }

    fn changes(&self) -> watch::Receiver<()> {
        self.subscribe()
    }

    fn reaches(&self, address: SocketAddr) -> bool {
        let state = self.state();
        state.wanted.is_reached(address, &state.paths.up())
    }

    async fn dial(&self, address: SocketAddr) -> Result<(), DialError> {
        let Some(session) = self.connect(address) else {
            sleep(CONNECT_MAX).await;
            return Err(DialError::ConnectTimedOut);
        };
        let outcome = self.handshake(session, address).await;
        self.finish(session);
        outcome
    }

    /// The deliveries jitter; the dials need not.
    fn jitter(&self) -> f64 {
        0.0
    }

    fn reached(&self, address: SocketAddr) {
        self.state().wanted.reached(address);
    }

    fn failed(&self, address: SocketAddr, why: &DialError, pause: Duration) -> bool {
        self.state().wanted.failed(address, why, pause, Instant::now())
    }
}
