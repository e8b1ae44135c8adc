//! The wire of a world, as the world holds it: it makes the networks of the nodes, delivers what is
//! due, and brings about faults.

use std::{
    fmt,
    net::SocketAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::time::sleep_until;

use super::{
    SimNetwork,
    core::Core,
    link::LinkConditions,
    parcel::Parcel,
    wire::{Traffic, Wire},
};
use crate::network::{Peer, PeerId};

/// The wire between all nodes of a world. Nodes have the numbers that [`add`](Self::add) gave them.
pub struct Wires(Arc<Mutex<Wire>>);

/// What arrives at one node in one turn.
pub struct Delivery {
    core: Arc<Core>,
    due: Vec<(Duration, Parcel)>,
}

impl Wires {
    /// A wire whose randomness comes from a seed.
    pub fn new(seed: u64, usual: LinkConditions) -> Self {
        Self(Arc::new(Mutex::new(Wire::new(seed, usual))))
    }

    /// One more node. Whoever starts there has this address.
    pub fn add(&self, address: SocketAddr) -> usize {
        self.wire().add(address)
    }

    /// The network of a node that starts now, inside of its runtime.
    pub fn network(&self, slot: usize, me: PeerId, at: SocketAddr, now: Duration) -> SimNetwork {
        let me = Peer { id: me, address: at };
        let core = Core::new(me, slot, now, Arc::clone(&self.0));
        SimNetwork { core, tasks: Mutex::default() }
    }

    /// What arrives at a node until a time.
    pub fn due(&self, slot: usize, network: &SimNetwork, until: Duration) -> Delivery {
        Delivery { core: Arc::clone(&network.core), due: self.wire().due(slot, until) }
    }

    /// What arrives where no node runs: nobody listens, and whoever dials is told.
    pub fn turn_away(&self, slot: usize, until: Duration) {
        let mut wire = self.wire();
        for (at, parcel) in wire.due(slot, until) {
            if let Parcel::Connect { session, slot: from, .. } = parcel {
                wire.send(at, slot, from, &Parcel::Refused { session });
            }
        }
    }

    /// What arrives at a node that does not run: its kernel takes connections, and nobody reads.
    pub fn hold(&self, slot: usize, until: Duration) {
        let mut wire = self.wire();
        for (at, session, from) in wire.dials(slot, until) {
            wire.send(at, slot, from, &Parcel::Connected { session });
        }
    }

    /// The process of the node is gone: the kernel closes its sessions, and drops what waited for it.
    pub fn killed(&self, slot: usize, network: &SimNetwork, now: Duration) {
        let sessions = network.core.end();
        let mut wire = self.wire();
        wire.forget(slot);
        for (to, session) in sessions {
            wire.send(now, slot, to, &Parcel::Closed { session });
        }
    }

    /// Nothing gets from one node to another any more, and nobody is told.
    pub fn cut(&self, from: usize, to: usize) {
        self.wire().cut(from, to);
    }

    /// Paths from one node to another do not move any more; datagrams do.
    pub fn stall(&self, from: usize, to: usize) {
        self.wire().stall(from, to);
    }

    /// Ends a cut and a stall.
    pub fn heal(&self, now: Duration, from: usize, to: usize) {
        self.wire().heal(now, from, to);
    }

    /// Whether nothing gets from one node to another.
    pub fn is_cut(&self, from: usize, to: usize) -> bool {
        self.wire().is_cut(from, to)
    }

    /// Changes how one direction behaves from now on.
    pub fn set_conditions(&self, from: usize, to: usize, conditions: LinkConditions) {
        self.wire().set_conditions(from, to, conditions);
    }

    /// How one direction behaves.
    pub fn conditions(&self, from: usize, to: usize) -> LinkConditions {
        self.wire().conditions(from, to)
    }

    /// What went over the wire so far.
    pub fn traffic(&self) -> Traffic {
        self.wire().traffic()
    }

    fn wire(&self) -> MutexGuard<'_, Wire> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Delivery {
    /// Delivers each parcel at its time, and lasts until the end of the turn.
    pub async fn deliver(self, until: Duration) {
        for (at, parcel) in self.due {
            sleep_until(self.core.instant(at)).await;
            self.core.arrived(parcel);
        }
        sleep_until(self.core.instant(until)).await;
    }
}

impl fmt::Debug for Wires {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_tuple("Wires").field(&*self.wire()).finish()
    }
}

impl fmt::Debug for Delivery {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Delivery").field("due", &self.due.len()).finish_non_exhaustive()
    }
}
