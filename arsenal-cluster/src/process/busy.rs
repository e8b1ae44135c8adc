//! How busy the processes of a node keep its threads, from one measurement to the next.

use std::{
    collections::BTreeMap,
    sync::{MutexGuard, PoisonError},
    time::Duration,
};

use super::ProcessTable;
use crate::{
    instrument::{Record, clock, records, short_type},
    membership::ProcessCounts,
};

/// What was measured last.
#[derive(Debug, Default)]
pub(super) struct Busy {
    /// In nanoseconds, see [`clock::nanos`]; none before the first measurement.
    at: Option<u64>,
    /// Of all instrumented processes; none before there are two measurements.
    share: Option<f64>,
    by_type: BTreeMap<String, f64>,
}

impl ProcessTable {
    /// Measures how busy the processes were since this was called last, and counts them. What ended in
    /// between is not measured.
    pub(crate) fn measure(&self) -> ProcessCounts {
        let now = clock::nanos();
        let before = self.busy().at;
        let over = Duration::from_nanos(before.map_or(0, |at| now.saturating_sub(at)));
        let mut by_type: BTreeMap<&'static str, Duration> = BTreeMap::new();
        records::each(|record| {
            if record.home == self.home {
                *by_type.entry(record.types.actor).or_default() += busy_time(record, now, over);
            }
        });
        let measured = before.is_some().then(|| shares(&by_type, over));
        let (share, by_type) = measured.flatten().unzip();
        *self.busy() = Busy { at: Some(now), share, by_type: by_type.unwrap_or_default() };
        self.counts()
    }

    /// The shares of the last measurement: of all, and of each type that was busy.
    pub(super) fn busy_shares(&self) -> (Option<f64>, BTreeMap<String, f64>) {
        let busy = self.busy();
        (busy.share, busy.by_type.clone())
    }

    fn busy(&self) -> MutexGuard<'_, Busy> {
        self.busy.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// For how long a process kept a thread busy within this time.
fn busy_time(record: &Record, now: u64, over: Duration) -> Duration {
    let noted = record.take_busy();
    // What a handler takes is noted at its end. One that began before and never waited was busy throughout.
    let is_stuck = record.handling(now).is_some_and(|one| !one.waits && one.duration >= over);
    if is_stuck { over } else { noted.min(over) }
}

/// None where no time has passed.
fn shares(
    by_type: &BTreeMap<&'static str, Duration>,
    over: Duration,
) -> Option<(f64, BTreeMap<String, f64>)> {
    if over.is_zero() {
        return None;
    }
    let share = |busy: Duration| rounded(busy.as_secs_f64() / over.as_secs_f64());
    let mut shares = BTreeMap::new();
    for (name, busy) in by_type.iter().filter(|(_, busy)| !busy.is_zero()) {
        *shares.entry(short_type(name).into_owned()).or_default() += share(*busy);
    }
    Some((share(by_type.values().sum()), shares))
}

/// To four digits, as gossip has little room.
fn rounded(share: f64) -> f64 {
    (share * 1e4).round() / 1e4
}

#[cfg(test)]
mod tests {
    use std::time::UNIX_EPOCH;

    use super::*;
    use crate::{WallClock, instrument::Home};

    #[test]
    fn shares_are_by_type_and_of_all() {
        let second = Duration::from_secs(1);
        let busy = [
            ("a::Worker", second / 2),
            ("b::Worker", second / 4),
            ("c::Idle", Duration::ZERO),
            ("d::Quick", second / 3),
        ];
        let (share, by_type) = shares(&busy.into(), second).unwrap();
        assert_eq!(by_type.len(), 2, "{by_type:?}");
        assert!((by_type["Worker"] - 0.75).abs() < 1e-9 && (share - 1.0833).abs() < 1e-9);
        assert!((by_type["Quick"] - 0.3333).abs() < 1e-9);
        assert_eq!(shares(&busy.into(), Duration::ZERO), None);
    }

    #[tokio::test(start_paused = true)]
    async fn nothing_is_said_before_there_are_two_measurements() {
        let home = Home::simulated();
        let _at_home = home.enter();
        let table = ProcessTable::new("a".parse().unwrap(), 1, true, WallClock::set(UNIX_EPOCH));
        assert_eq!(table.measure().busy_share, None);
        assert_eq!(table.measure().busy_share, None, "no time has passed");
        tokio::time::advance(Duration::from_secs(1)).await;
        assert_eq!(table.measure().busy_share, Some(0.0));
        assert_eq!(table.counts().busy_share, Some(0.0), "that of the last one");
    }
}
