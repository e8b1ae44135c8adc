//! Counts what is turned away, and tells of it in the log: the first of its kind at once, and then how
//! many more at most once a minute. Otherwise strangers could fill the disk.

use std::{
    fmt,
    net::SocketAddr,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::time::{Instant, sleep};

use super::reason::{REASONS, Reason};
use crate::network::{DroppedDatagrams, Refusals, RefusedConnections};

/// How often one reason is told at most.
const TOLD_EVERY: Duration = Duration::from_mins(1);

/// The counts of one network.
#[derive(Default)]
pub(super) struct TurnedAway(Mutex<[Tally; REASONS.len()]>);

#[derive(Clone, Copy, Debug, Default)]
struct Tally {
    count: u64,
    untold: u64,
    told: Option<Instant>,
    /// Where the last one came from.
    from: Option<SocketAddr>,
}

impl TurnedAway {
    /// Counts one. `detail` is for the log, where this one is told at once.
    pub(super) fn count(
        &self,
        reason: Reason,
        from: Option<SocketAddr>,
        detail: impl fmt::Display,
    ) {
        let due = self.tallies().get_mut(reason as usize).and_then(|tally| {
            tally.count(from);
            if reason.is_told() { tally.due(Instant::now()) } else { None }
        });
        match due {
            None if !reason.is_told() => {
                tracing::debug!(from = from.map(tracing::field::display), "{reason}{detail}");
            }
            Some(1) => tracing::warn!(from = from.map(tracing::field::display), "{reason}{detail}"),
            Some(count) => tell(reason, from, count),
            None => {}
        }
    }

    /// Tells what nobody heard of yet, until the task is aborted.
    #[expect(clippy::infinite_loop, reason = "it ends when the network aborts it")]
    pub(super) async fn keep_telling(&self) {
        loop {
            sleep(TOLD_EVERY).await;
            let now = Instant::now();
            for reason in REASONS.into_iter().filter(|reason| reason.is_told()) {
                let due = self
                    .tallies()
                    .get_mut(reason as usize)
                    .and_then(|tally| Some((tally.due(now)?, tally.from)));
                if let Some((count, from)) = due {
                    tell(reason, from, count);
                }
            }
        }
    }

    pub(super) fn counts(&self) -> Refusals {
        let tallies = self.tallies();
        let count = |reason: Reason| tallies.get(reason as usize).map_or(0, |tally| tally.count);
        Refusals {
            connections: RefusedConnections {
                too_many: count(Reason::TooMany),
                no_tls: count(Reason::NoTls),
                not_a_node: count(Reason::NotANode),
                handshake_timed_out: count(Reason::HandshakeTimedOut),
                unproved: count(Reason::Unproved),
                other_secret: count(Reason::OtherSecret),
                misnamed: count(Reason::Misnamed),
                no_agent: count(Reason::NoAgent),
                name_held: count(Reason::NameHeld),
                outdated: count(Reason::Outdated),
                not_accepted: count(Reason::NotAccepted),
            },
            datagrams: DroppedDatagrams {
                foreign: count(Reason::ForeignDatagram),
                skewed: count(Reason::SkewedDatagram),
            },
        }
    }

    fn tallies(&self) -> MutexGuard<'_, [Tally; REASONS.len()]> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn tell(reason: Reason, from: Option<SocketAddr>, count: u64) {
    let last = from.map(tracing::field::display);
    tracing::warn!(last, "{reason}: {count} more; `cluster/connections` shows all counts");
}

impl Tally {
    fn count(&mut self, from: Option<SocketAddr>) {
        self.count = self.count.saturating_add(1);
        self.untold = self.untold.saturating_add(1);
        self.from = from;
    }

    /// How many are to be told now: none while the last word on them is younger than a period.
    fn due(&mut self, now: Instant) -> Option<u64> {
        let is_early = |told: Instant| now.saturating_duration_since(told) < TOLD_EVERY;
        if self.untold == 0 || self.told.is_some_and(is_early) {
            return None;
        }
        self.told = Some(now);
        Some(std::mem::take(&mut self.untold))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn the_first_is_told_at_once_and_a_flood_once_a_period() {
        let mut tally = Tally::default();
        let begun = Instant::now();
        let mut told = Vec::new();
        // Ten a second for two periods and a half, looked at with each.
        for tenth in 0..1_500_u32 {
            tally.count(None);
            told.extend(tally.due(begun + Duration::from_millis(100) * tenth));
        }
        assert_eq!(told, [1, 600, 600]);
        assert_eq!(tally.count, 1_500);
        // It is over, and the rest is told all the same.
        assert_eq!(tally.due(begun + TOLD_EVERY * 3), Some(299));
        assert_eq!(tally.due(begun + TOLD_EVERY * 9), None);
    }

    #[test]
    fn each_reason_has_its_own_count() {
        let turned_away = TurnedAway::default();
        for (times, reason) in REASONS.into_iter().enumerate() {
            for _ in 0..=times {
                turned_away.count(reason, None, "");
            }
        }
        let Refusals { connections, datagrams } = turned_away.counts();
        let expected = RefusedConnections {
            too_many: 1,
            no_tls: 2,
            not_a_node: 3,
            handshake_timed_out: 4,
            unproved: 5,
            other_secret: 6,
            misnamed: 7,
            no_agent: 8,
            name_held: 9,
            outdated: 10,
            not_accepted: 11,
        };
        assert_eq!(connections, expected);
        assert_eq!(datagrams, DroppedDatagrams { foreign: 12, skewed: 13 });
    }
}
