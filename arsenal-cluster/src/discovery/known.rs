//! What is known through one strategy: answers and failures in, addresses out. Pure.

use std::{
    collections::{BTreeMap, BTreeSet},
    net::SocketAddr,
    time::Duration,
};

use tokio::time::Instant;

use super::Answer;

/// How long an address stays known after the last answer that named it: through failed and empty
/// answers, and through those that may lack some.
pub const KEPT_FOR: Duration = Duration::from_mins(5);

/// Addresses that are taken from one strategy. A node needs to find few others: gossip tells it of
/// the rest.
pub const ADDRESSES_MAX: usize = 256;

/// The addresses that one strategy has named, and how its last looks went.
#[derive(Debug)]
pub(super) struct Known {
    me: SocketAddr,
    addresses: BTreeMap<SocketAddr, Spell>,
    left_out: usize,
    answered_at: Option<Instant>,
    failures: u32,
    trouble: Option<Trouble>,
}

/// How long an address is known.
#[derive(Clone, Copy, Debug)]
struct Spell {
    since: Instant,
    /// None for good.
    until: Option<Instant>,
}

/// What was wrong with a look.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Trouble {
    pub(super) at: Instant,
    pub(super) message: String,
}

impl Known {
    /// Nothing was asked yet.
    pub(super) const fn nothing(me: SocketAddr) -> Self {
        Self {
            me,
            addresses: BTreeMap::new(),
            left_out: 0,
            answered_at: None,
            failures: 0,
            trouble: None,
        }
    }

    /// These are known for good.
    pub(super) fn for_good(
        me: SocketAddr,
        addresses: impl IntoIterator<Item = SocketAddr>,
        now: Instant,
    ) -> Self {
        let mut known = Self::nothing(me);
        known.take(addresses, Spell { since: now, until: None });
        known
    }

    /// A look has found these.
    pub(super) fn answered(&mut self, answer: Answer, now: Instant) {
        let Answer { addresses, is_whole, trouble } = answer;
        let addresses: BTreeSet<_> = addresses.into_iter().map(canonical).collect();
        let is_complete = is_whole && trouble.is_none();
        self.addresses.retain(|address, spell| {
            spell.is_known(now) && (!is_complete || addresses.contains(address))
        });
        self.take(addresses, Spell { since: now, until: Some(now + KEPT_FOR) });
        (self.answered_at, self.failures) = (Some(now), 0);
        if let Some(message) = trouble {
            self.trouble = Some(Trouble { at: now, message });
        }
    }

    /// A look has found nothing out. What is known stays so for its time.
    pub(super) fn failed(&mut self, message: String, now: Instant) {
        self.addresses.retain(|_, spell| spell.is_known(now));
        self.failures = self.failures.saturating_add(1);
        self.trouble = Some(Trouble { at: now, message });
    }

    /// The addresses that are known at a time, each with the time since when.
    pub(super) fn addresses(&self, now: Instant) -> impl Iterator<Item = (SocketAddr, Instant)> {
        let known = self.addresses.iter().filter(move |(_, spell)| spell.is_known(now));
        known.map(|(address, spell)| (*address, spell.since))
    }

    /// How many addresses of the last answer were not taken.
    pub(super) const fn left_out(&self) -> usize {
        self.left_out
    }

    /// When an answer came last.
    pub(super) const fn answered_at(&self) -> Option<Instant> {
        self.answered_at
    }

    /// How many looks failed in a row.
    pub(super) const fn failures(&self) -> u32 {
        self.failures
    }

    /// What was wrong last.
    pub(super) const fn trouble(&self) -> Option<&Trouble> {
        self.trouble.as_ref()
    }

    /// Those that are known stay before those that are new, so that a long answer in another order
    /// changes nothing.
    fn take(&mut self, addresses: impl IntoIterator<Item = SocketAddr>, spell: Spell) {
        let others = addresses.into_iter().map(canonical);
        let (known, new): (Vec<_>, Vec<_>) = others
            .filter(|address| is_dialable(address) && *address != self.me)
            .partition(|address| self.addresses.contains_key(address));
        for address in known {
            if let Some(known) = self.addresses.get_mut(&address) {
                known.until = spell.until;
            }
        }
        let room = ADDRESSES_MAX.saturating_sub(self.addresses.len());
        self.left_out = new.len().saturating_sub(room);
        self.addresses.extend(new.into_iter().take(room).map(|address| (address, spell)));
    }
}

impl Spell {
    fn is_known(&self, now: Instant) -> bool {
        self.until.is_none_or(|until| now < until)
    }
}

/// An IPv4 address in the clothes of IPv6 is the IPv4 address.
const fn canonical(address: SocketAddr) -> SocketAddr {
    SocketAddr::new(address.ip().to_canonical(), address.port())
}

/// Blocking name servers answer with 0.0.0.0.
fn is_dialable(address: &SocketAddr) -> bool {
    let ip = address.ip();
    !ip.is_unspecified() && !ip.is_multicast() && address.port() != 0
}

#[cfg(test)]
#[path = "known_tests.rs"]
mod tests;
