//! All that is on its way in one simulated world, in the order in which it arrives.
//!
//! Pure but for its seeded randomness: time comes with each call.

use std::{collections::BTreeMap, fmt, net::SocketAddr, ops::Bound, time::Duration};

use rand::{SeedableRng as _, rngs::SmallRng};

use super::{
    link::{Fate, Link, LinkConditions},
    parcel::Parcel,
};

/// What a node that does not read holds of datagrams, as the buffer of a socket would.
const DATAGRAMS_WAITING_MAX: usize = 4_096;

/// How many connections wait for a node that does not read, as the backlog of a listening socket would.
/// One beyond gets no answer.
const CONNECTIONS_WAITING_MAX: usize = 4_096;

/// The wire of a world. Nodes are numbered; each has one address for ever.
pub(super) struct Wire {
    inboxes: Vec<Inbox>,
    addresses: BTreeMap<SocketAddr, usize>,
    links: BTreeMap<(usize, usize), Link>,
    /// How links behave that nobody changed.
    usual: LinkConditions,
    random: SmallRng,
    sequence: u64,
    traffic: Traffic,
}

#[derive(Default)]
struct Inbox {
    parcels: BTreeMap<(Duration, u64), Parcel>,
    datagrams: usize,
    /// Connections that nobody read, by their session.
    connections: BTreeMap<u64, (Duration, u64)>,
    /// Until when the kernel has taken connections that nobody read.
    dials_until: Duration,
}

/// What went over the wire so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Traffic {
    /// How many datagrams and parts of paths were sent.
    pub parcels: u64,
    /// The bytes of datagrams and frames.
    pub bytes: u64,
    /// The bytes of datagrams alone.
    pub datagram_bytes: u64,
    /// A hash over who sent what to whom and when (FNV-1a): the same run has the same.
    pub fingerprint: u64,
}

/// The offset basis and the prime of the 64-bit FNV-1a hash.
const FNV_BASIS: u64 = 0xcbf2_9ce4_8422_2325;
const FNV_PRIME: u64 = 0x0100_0000_01b3;

impl Wire {
    pub(super) fn new(seed: u64, usual: LinkConditions) -> Self {
        Self {
            inboxes: Vec::new(),
            addresses: BTreeMap::new(),
            links: BTreeMap::new(),
            usual,
            random: SmallRng::seed_from_u64(seed),
            sequence: 0,
            traffic: Traffic { fingerprint: FNV_BASIS, ..Traffic::default() },
        }
    }

    /// One more node, at this address. Gives its number.
    pub(super) fn add(&mut self, address: SocketAddr) -> usize {
        let slot = self.inboxes.len();
        self.inboxes.push(Inbox::default());
        self.addresses.insert(address, slot);
        slot
    }

    pub(super) fn slot_at(&self, address: SocketAddr) -> Option<usize> {
        self.addresses.get(&address).copied()
    }

    /// A number that was never given before.
    pub(super) const fn next(&mut self) -> u64 {
        self.sequence += 1;
        self.sequence
    }

    pub(super) fn send(&mut self, now: Duration, from: usize, to: usize, parcel: &Parcel) {
        self.note(now, from, to, parcel);
        let usual = self.usual;
        let link = self.links.entry((from, to)).or_insert_with(|| Link::with(usual));
        match link.send(now, parcel, &mut self.random) {
            Fate::Arrives(times) => {
                for at in times {
                    self.put(to, at, parcel.clone());
                }
            }
            Fate::Nothing => {}
            Fate::Breaks => {
                if let Some(session) = parcel.session() {
                    self.put(from, now, Parcel::Closed { session });
                }
            }
        }
    }

    fn put(&mut self, to: usize, at: Duration, parcel: Parcel) {
        let sequence = self.next();
        if let Some(inbox) = self.inboxes.get_mut(to) {
            inbox.put((at, sequence), parcel);
        }
    }

    /// Takes what arrives at a node until a time, in order.
    pub(super) fn due(&mut self, slot: usize, until: Duration) -> Vec<(Duration, Parcel)> {
        let Some(inbox) = self.inboxes.get_mut(slot) else { return Vec::new() };
        let later = inbox.parcels.split_off(&(until, u64::MAX));
        let due = std::mem::replace(&mut inbox.parcels, later);
        for parcel in due.values() {
            inbox.taken(parcel);
        }
        due.into_iter().map(|((at, _), parcel)| (at, parcel)).collect()
    }

    /// The connections that came since the last time and that nobody read: when, which, from whom.
    pub(super) fn dials(&mut self, slot: usize, until: Duration) -> Vec<(Duration, u64, usize)> {
        let Some(inbox) = self.inboxes.get_mut(slot) else { return Vec::new() };
        let since = (inbox.dials_until, u64::MAX);
        inbox.dials_until = inbox.dials_until.max(until);
        let new = inbox.parcels.range((Bound::Excluded(since), Bound::Included((until, u64::MAX))));
        let dial = |((at, _), parcel): (&(Duration, u64), &Parcel)| {
            let Parcel::Connect { session, slot, .. } = parcel else { return None };
            Some((*at, *session, *slot))
        };
        new.filter_map(dial).collect()
    }

    /// The node is gone, and with it what waited for it.
    pub(super) fn forget(&mut self, slot: usize) {
        if let Some(inbox) = self.inboxes.get_mut(slot) {
            inbox.parcels.clear();
            inbox.connections.clear();
            inbox.datagrams = 0;
        }
        for ((_, to), link) in &mut self.links {
            if *to == slot {
                link.forget();
            }
        }
    }

    /// Nothing gets from one node to another any more, and nobody is told.
    pub(super) fn cut(&mut self, from: usize, to: usize) {
        self.link(from, to).cut();
    }

    /// Paths from one node to another do not move any more; datagrams do.
    pub(super) fn stall(&mut self, from: usize, to: usize) {
        self.link(from, to).stall();
    }

    /// Everything gets through again. Paths go on where they were held, as after a retransmission.
    pub(super) fn heal(&mut self, now: Duration, from: usize, to: usize) {
        for parcel in self.link(from, to).heal() {
            self.send(now, from, to, &parcel);
        }
    }

    pub(super) fn set_conditions(&mut self, from: usize, to: usize, conditions: LinkConditions) {
        self.link(from, to).conditions = conditions;
    }

    pub(super) fn conditions(&self, from: usize, to: usize) -> LinkConditions {
        self.links.get(&(from, to)).map_or(self.usual, |link| link.conditions)
    }

    pub(super) fn is_cut(&self, from: usize, to: usize) -> bool {
        self.links.get(&(from, to)).is_some_and(Link::is_cut)
    }

    pub(super) const fn traffic(&self) -> Traffic {
        self.traffic
    }

    fn link(&mut self, from: usize, to: usize) -> &mut Link {
        let usual = self.usual;
        self.links.entry((from, to)).or_insert_with(|| Link::with(usual))
    }

    fn note(&mut self, now: Duration, from: usize, to: usize, parcel: &Parcel) {
        let length = u64::try_from(parcel.len()).unwrap_or(u64::MAX);
        self.traffic.parcels += 1;
        self.traffic.bytes += length;
        if matches!(parcel, Parcel::Datagram { .. }) {
            self.traffic.datagram_bytes += length;
        }
        let numbers = [now.as_nanos(), from as u128, to as u128, u128::from(parcel.kind())];
        let head = numbers.into_iter().flat_map(u128::to_le_bytes);
        for byte in head.chain(parcel.bytes().iter().copied()) {
            self.traffic.fingerprint =
                (self.traffic.fingerprint ^ u64::from(byte)).wrapping_mul(FNV_PRIME);
        }
    }
}

impl Inbox {
    /// What one socket of a node that does not read can hold, it holds.
    fn put(&mut self, place: (Duration, u64), parcel: Parcel) {
        if matches!(parcel, Parcel::Datagram { .. }) {
            if self.datagrams >= DATAGRAMS_WAITING_MAX {
                return;
            }
            self.datagrams += 1;
        }
        if let Parcel::Connect { session, .. } = parcel {
            if self.connections.len() >= CONNECTIONS_WAITING_MAX {
                return;
            }
            self.connections.insert(session, place);
        }
        // Who dialled gave up before anybody read of it: nothing is left of both.
        if let Parcel::GivenUp { session } | Parcel::Closed { session } = parcel
            && let Some(unread) = self.connections.remove(&session)
        {
            self.parcels.remove(&unread);
            return;
        }
        self.parcels.insert(place, parcel);
    }

    fn taken(&mut self, parcel: &Parcel) {
        if matches!(parcel, Parcel::Datagram { .. }) {
            self.datagrams -= 1;
        }
        if let Parcel::Connect { session, .. } = parcel {
            self.connections.remove(session);
        }
    }
}

impl fmt::Debug for Wire {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Wire").field("traffic", &self.traffic).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Duration = Duration::from_secs(1);
    const LATER: Duration = Duration::from_secs(100);

    /// Two nodes, of which the second does not read.
    fn wire() -> Wire {
        let mut wire = Wire::new(1, LinkConditions::default());
        for port in [7_001, 7_002] {
            wire.add(([127, 0, 0, 1], port).into());
        }
        wire
    }

    fn dial(wire: &mut Wire) -> u64 {
        let session = wire.next();
        let from = "a#1".parse().unwrap();
        wire.send(NOW, 0, 1, &Parcel::Connect { session, from, slot: 0 });
        session
    }

    #[test]
    fn nothing_is_left_of_dials_that_were_given_up_before_anybody_read_of_them() {
        let mut wire = wire();
        for number in 0..1_000 {
            let session = dial(&mut wire);
            let end = if number % 2 == 0 {
                Parcel::GivenUp { session }
            } else {
                Parcel::Closed { session }
            };
            wire.send(NOW, 0, 1, &end);
        }
        let last = dial(&mut wire);
        let due = wire.due(1, LATER);
        assert_eq!(
            due.iter().map(|(_, parcel)| parcel.session()).collect::<Vec<_>>(),
            [Some(last)]
        );
    }

    #[test]
    fn connections_that_wait_are_bounded_and_have_room_again_when_they_were_read() {
        let mut wire = wire();
        for _ in 0..=CONNECTIONS_WAITING_MAX {
            dial(&mut wire);
        }
        assert_eq!(wire.due(1, LATER).len(), CONNECTIONS_WAITING_MAX);
        dial(&mut wire);
        assert_eq!(wire.due(1, LATER).len(), 1);
    }

    #[test]
    fn a_cut_link_keeps_nothing_of_dials() {
        let mut wire = wire();
        wire.cut(0, 1);
        for _ in 0..1_000 {
            let session = dial(&mut wire);
            wire.send(NOW, 0, 1, &Parcel::GivenUp { session });
        }
        wire.heal(NOW, 0, 1);
        assert!(wire.due(1, LATER).is_empty());
    }
}
