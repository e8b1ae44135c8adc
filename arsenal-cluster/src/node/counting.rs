//! How many processes a node has: counted on its beat, at a small share of its time.
//!
//! Where there are few, a count takes microseconds and is made whenever it is asked for. A hundred thousand
//! take tens of milliseconds: they are counted aside, so that no worker of the runtime is held up, and
//! not too often.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::{task::spawn_blocking, time::Instant};

use super::NodeRuntime;
use crate::{membership::ProcessCounts, process::ProcessTable};

/// Counting takes one part in so many of the time.
const PAUSE_PER_COUNT: u32 = 200;

/// So many processes are counted in less than a millisecond, for which a worker may be held up.
const QUICK_MAX: usize = 2_000;

/// The last count, and when the next may be.
#[derive(Debug, Default)]
pub(super) struct Counting(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    counts: ProcessCounts,
    /// None before the first count.
    next_at: Option<Instant>,
    is_counting: bool,
}

impl Counting {
    /// The counts of now; where counting takes long, those of the last beat that counted.
    pub(super) fn now(&self, processes: &ProcessTable) -> ProcessCounts {
        let last = self.last();
        if last.total > QUICK_MAX { last } else { processes.counts() }
    }

    /// The counts of the last beat that counted.
    pub(super) fn last(&self) -> ProcessCounts {
        self.state().counts.clone()
    }

    /// Counts, if nobody does.
    fn count(&self, processes: &ProcessTable) {
        let Some(counted) = Counted::begin(self) else { return };
        let begun = Instant::now();
        let counts = processes.measure();
        let took = begun.elapsed();
        let mut state = counted.0.state();
        state.counts = counts;
        state.next_at = Some(begun + took * (PAUSE_PER_COUNT + 1));
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A count that is made; also where it panics, the next one can begin after it.
struct Counted<'a>(&'a Counting);

impl<'a> Counted<'a> {
    fn begin(counting: &'a Counting) -> Option<Self> {
        let was_counting = std::mem::replace(&mut counting.state().is_counting, true);
        (!was_counting).then(|| Self(counting))
    }
}

impl Drop for Counted<'_> {
    fn drop(&mut self) {
        self.0.state().is_counting = false;
    }
}

impl NodeRuntime {
    /// Counts the processes if it is time to: the first time and in a simulated node at once, else aside.
    pub(super) fn count(self: &Arc<Self>) {
        let next_at = self.counting.state().next_at;
        if next_at.is_none() || self.processes.is_shared() {
            self.counting.count(&self.processes);
        } else if next_at.is_some_and(|next_at| next_at <= Instant::now()) {
            let runtime = Arc::clone(self);
            // It ends by itself, and nobody waits for it.
            drop(spawn_blocking(move || runtime.counting.count(&runtime.processes)));
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::UNIX_EPOCH;

    use super::*;
    use crate::WallClock;

    #[tokio::test(start_paused = true)]
    async fn there_is_one_count_at_a_time_and_a_pause_in_proportion() {
        let table = ProcessTable::new("a".parse().unwrap(), 1, true, WallClock::set(UNIX_EPOCH));
        let counting = Counting::default();
        table.started(1, None);
        let other = Counted::begin(&counting).unwrap();
        counting.count(&table);
        assert_eq!(counting.last().started_by_arsenal, 0, "another one counts");
        assert_eq!(
            counting.now(&table).started_by_arsenal,
            1,
            "a quick count is made for whoever asks"
        );
        drop(other);
        counting.count(&table);
        assert_eq!(counting.last().started_by_arsenal, 1);
        counting.state().counts.total = QUICK_MAX + 1;
        table.started(2, None);
        assert_eq!(counting.now(&table).started_by_arsenal, 1, "a slow one is not");
        assert!(!counting.state().is_counting);
    }
}
