//! One direction between two simulated nodes: how long what is sent takes, and what becomes of it.

use std::{collections::VecDeque, time::Duration};

use rand::{RngExt as _, rngs::SmallRng};

use super::parcel::Parcel;

/// The shortest way from node to node, and so the longest turn of a node: what is sent within a turn
/// arrives after it.
pub const DELAY_MIN: Duration = Duration::from_millis(2);

/// How much longer than its delay something takes at most, where nothing else is said.
const JITTER: Duration = Duration::from_millis(6);

/// What a lost part of a path costs: the sender's kernel notices and sends it again.
const RETRANSMISSION: Duration = Duration::from_millis(200);

/// How much later than in order a reordered datagram comes at most.
const REORDERING_MAX: Duration = Duration::from_millis(100);

/// What a path that does not move holds. Beyond it, the path breaks.
const HELD_BYTES_MAX: usize = 64 << 20;

/// What anything that is held costs beside its own bytes.
const HEAD_BYTES: usize = 64;

/// How one direction of a link behaves.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LinkConditions {
    /// How long everything takes at least; never less than [`DELAY_MIN`].
    pub delay: Duration,
    /// How much longer it may take.
    pub jitter: Duration,
    /// The share of datagrams that get lost, from 0 to 1. On a path the same share comes later.
    pub loss: f64,
    /// The share of datagrams that come twice.
    pub duplication: f64,
    /// The share of datagrams that later ones overtake.
    pub reordering: f64,
}

impl Default for LinkConditions {
    fn default() -> Self {
        Self { delay: DELAY_MIN, jitter: JITTER, loss: 0.0, duplication: 0.0, reordering: 0.0 }
    }
}

/// The state of one direction.
#[derive(Debug, Default)]
pub(super) struct Link {
    pub(super) conditions: LinkConditions,
    /// Nothing gets through, and nobody is told.
    is_cut: bool,
    /// Paths do not move; datagrams do.
    is_stalled: bool,
    /// When the last part of a path arrives: what follows does not come earlier.
    path_until: Duration,
    /// The parts of paths that wait for the cut or the stall to end.
    held: VecDeque<Parcel>,
    held_bytes: usize,
}

/// What becomes of something that was sent.
pub(super) enum Fate {
    /// It arrives at these times.
    Arrives(Vec<Duration>),
    /// It waits for the link, or it is gone.
    Nothing,
    /// The link holds no more: the path is broken.
    Breaks,
}

impl Link {
    pub(super) fn with(conditions: LinkConditions) -> Self {
        Self { conditions, ..Self::default() }
    }

    /// Sends something at a time.
    pub(super) fn send(&mut self, now: Duration, parcel: &Parcel, random: &mut SmallRng) -> Fate {
        // Drawn in any case, so that a fault changes no more of the run than it must.
        let way = self.conditions.delay.max(DELAY_MIN)
            + self.conditions.jitter.mul_f64(random.random::<f64>());
        let is_lost = random.random::<f64>() < self.conditions.loss;
        if matches!(parcel, Parcel::Datagram { .. }) {
            return self.datagram(now + way, is_lost, random);
        }
        if self.is_cut || self.is_stalled {
            // Who dials waits for nothing: it gives up, and dials again.
            let is_dial = matches!(parcel, Parcel::Connect { .. } | Parcel::GivenUp { .. });
            return if is_dial { Fate::Nothing } else { self.hold(parcel) };
        }
        let late = if is_lost { RETRANSMISSION } else { Duration::ZERO };
        self.path_until = self.path_until.max(now + way + late);
        Fate::Arrives(vec![self.path_until])
    }

    fn datagram(&self, at: Duration, is_lost: bool, random: &mut SmallRng) -> Fate {
        let (twice, overtaken) = (random.random::<f64>(), random.random::<f64>());
        let later = REORDERING_MAX.mul_f64(random.random::<f64>());
        if is_lost || self.is_cut {
            return Fate::Nothing;
        }
        let at = if overtaken < self.conditions.reordering { at + later } else { at };
        let mut times = vec![at];
        if twice < self.conditions.duplication {
            times.push(at + later);
        }
        Fate::Arrives(times)
    }

    fn hold(&mut self, parcel: &Parcel) -> Fate {
        let bytes = HEAD_BYTES + parcel.len();
        if self.held_bytes + bytes > HELD_BYTES_MAX {
            return Fate::Breaks;
        }
        self.held_bytes += bytes;
        self.held.push_back(parcel.clone());
        Fate::Nothing
    }

    pub(super) const fn is_cut(&self) -> bool {
        self.is_cut
    }

    pub(super) const fn cut(&mut self) {
        self.is_cut = true;
    }

    pub(super) const fn stall(&mut self) {
        self.is_stalled = true;
    }

    /// Lets everything through again; what was held is given back, to be sent anew.
    pub(super) fn heal(&mut self) -> VecDeque<Parcel> {
        self.is_cut = false;
        self.is_stalled = false;
        self.held_bytes = 0;
        std::mem::take(&mut self.held)
    }

    /// The receiver is gone, and with it what was on its way.
    pub(super) fn forget(&mut self) {
        self.held.clear();
        self.held_bytes = 0;
    }
}
