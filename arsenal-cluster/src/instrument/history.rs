//! What became of the actors of a node: how many were started, which ended and why, and which are started
//! again and again.

use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use dashmap::DashMap;

use super::{clock, home::Home, record::Record};

/// Ends that are remembered: so many failures, and as many of all others.
pub(crate) const ENDS_MAX: usize = 1000;

/// Kinds of children that failed, remembered; the one that failed longest ago is forgotten first.
const LINEAGES_MAX: usize = 10_000;

/// Failures that are no further apart belong together.
const BURST_GAP: Duration = Duration::from_mins(1);

static HISTORIES: LazyLock<DashMap<Home, Arc<History>>> = LazyLock::new(DashMap::new);

/// The ends of one node's actors.
#[derive(Debug, Default)]
pub(crate) struct History(Mutex<Told>);

#[derive(Debug, Default)]
struct Told {
    failures: VecDeque<Arc<Ended>>,
    others: VecDeque<Arc<Ended>>,
    lineages: BTreeMap<Lineage, Failures>,
}

/// Who starts something again: the children of one type under one supervisor. ractor restarts nothing and
/// does not say what takes the place of what, so that this is as near as it gets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Lineage {
    supervisor: u64,
    actor: &'static str,
}

#[derive(Clone, Copy, Debug, Default)]
struct Failures {
    failed: u32,
    /// How many were started since in the place of one that failed.
    replaced: u32,
    /// How many in a row, each within [`BURST_GAP`] of the one before.
    burst: u32,
    last_at: u64,
}

/// An actor that has ended.
#[derive(Clone, Debug)]
pub(crate) struct Ended {
    pub(crate) local: u64,
    pub(crate) name: Option<String>,
    pub(crate) actor: &'static str,
    pub(crate) supervisor: Option<u64>,
    pub(crate) restarts: u32,
    pub(crate) started_at: u64,
    pub(crate) at: u64,
    pub(crate) handled: u64,
    pub(crate) end: End,
}

/// How an actor ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum End {
    /// It was stopped, or drained.
    Stopped,
    /// It was killed, itself or with its supervisor.
    Killed,
    /// It failed: with an error, or with a panic at a place.
    Failed {
        /// What it said.
        error: String,
        /// Where it panicked.
        location: Option<String>,
    },
}

impl History {
    /// That of a node; made when it is first asked for.
    pub(crate) fn of(home: Home) -> Arc<Self> {
        // It is there but for the first time, and to read takes no lock that keeps other readers out.
        let known = HISTORIES.get(&home).map(|history| Arc::clone(&history));
        known.unwrap_or_else(|| Arc::clone(&HISTORIES.entry(home).or_default()))
    }

    /// The node has ended.
    pub(crate) fn forget(home: Home) {
        HISTORIES.remove(&home);
    }

    /// An actor has started. Answers how many of its like have taken the place of failed ones, itself
    /// among them if it does.
    pub(crate) fn started(&self, supervisor: Option<u64>, actor: &'static str) -> u32 {
        let mut told = self.told();
        let Some(supervisor) = supervisor else { return 0 };
        let Some(failures) = told.lineages.get_mut(&Lineage { supervisor, actor }) else {
            return 0;
        };
        if failures.replaced == failures.failed {
            return 0;
        }
        failures.replaced += 1;
        failures.replaced
    }

    /// An actor has ended, and all that it supervised is forgotten.
    pub(crate) fn ended(&self, record: &Record, end: End) {
        let mut told = self.told();
        let (supervisor, actor) = (record.supervisor(), record.types.actor);
        let ended = Ended {
            local: record.local,
            name: record.name().map(str::to_owned),
            actor,
            supervisor,
            restarts: record.restarts(),
            started_at: record.started_at,
            at: clock::nanos(),
            handled: record.counts().handled,
            end,
        };
        let below = |supervisor| Lineage { supervisor, actor: "" };
        let own: Vec<Lineage> = told
            .lineages
            .range(below(record.local)..below(record.local + 1))
            .map(|(lineage, _)| *lineage)
            .collect();
        for lineage in own {
            told.lineages.remove(&lineage);
        }
        if !matches!(ended.end, End::Failed { .. }) {
            remember(&mut told.others, ended);
            return;
        }
        remember(&mut told.failures, ended);
    }

    /// An actor is about to end by a failure.
    pub(crate) fn fails(&self, supervisor: Option<u64>, actor: &'static str) {
        let mut told = self.told();
        if let Some(supervisor) = supervisor {
            told.failed(Lineage { supervisor, actor }, clock::nanos());
        }
    }

    /// The failures that are remembered, the last one first. Whoever ends waits meanwhile, so that no
    /// text is copied.
    pub(crate) fn failures(&self) -> Vec<Arc<Ended>> {
        self.told().failures.iter().rev().cloned().collect()
    }

    /// How an actor ended, if it did not long ago.
    pub(crate) fn end_of(&self, local: u64) -> Option<Ended> {
        let told = self.told();
        let ends = told.failures.iter().chain(&told.others);
        ends.rev().find(|ended| ended.local == local).map(|ended| Ended::clone(ended))
    }

    /// How many children of a supervisor failed, by their types.
    pub(crate) fn failed_below(&self, supervisor: u64) -> u32 {
        let told = self.told();
        told.below(supervisor).fold(0, |sum, failures| sum.saturating_add(failures.failed))
    }

    /// How many children of a supervisor failed in a row, type by type, of those rows that may go on.
    pub(crate) fn burst_below(&self, supervisor: u64) -> u32 {
        self.told().burst_below(supervisor, clock::nanos())
    }

    /// The same of all supervisors below which a row may go on, for whoever asks for very many.
    pub(crate) fn bursts(&self) -> BTreeMap<u64, u32> {
        self.told().bursts(clock::nanos())
    }

    /// All that supervise something that failed.
    pub(crate) fn supervisors_of_failed(&self) -> BTreeSet<u64> {
        self.told().lineages.keys().map(|lineage| lineage.supervisor).collect()
    }

    fn told(&self) -> MutexGuard<'_, Told> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Failures {
    /// Whether a failure at this time would belong to those before.
    fn goes_on(&self, at: u64) -> bool {
        Duration::from_nanos(at.saturating_sub(self.last_at)) <= BURST_GAP
    }
}

impl Told {
    /// What is known of the children of a supervisor that failed.
    fn below(&self, supervisor: u64) -> impl Iterator<Item = &Failures> {
        let from = |supervisor| Lineage { supervisor, actor: "" };
        let lineages = self.lineages.range(from(supervisor)..from(supervisor + 1));
        lineages.map(|(_, failures)| failures)
    }

    fn burst_below(&self, supervisor: u64, now: u64) -> u32 {
        let bursts = self.below(supervisor).filter(|failures| failures.goes_on(now));
        bursts.fold(0, |sum, failures| sum.saturating_add(failures.burst))
    }

    fn bursts(&self, now: u64) -> BTreeMap<u64, u32> {
        let mut bursts: BTreeMap<u64, u32> = BTreeMap::new();
        for (lineage, failures) in &self.lineages {
            if failures.goes_on(now) {
                let burst = bursts.entry(lineage.supervisor).or_default();
                *burst = burst.saturating_add(failures.burst);
            }
        }
        bursts
    }

    fn failed(&mut self, lineage: Lineage, at: u64) {
        if self.lineages.len() >= LINEAGES_MAX && !self.lineages.contains_key(&lineage) {
            self.forget_oldest();
        }
        let failures = self.lineages.entry(lineage).or_default();
        failures.failed = failures.failed.saturating_add(1);
        failures.burst = if failures.goes_on(at) { failures.burst.saturating_add(1) } else { 1 };
        failures.last_at = at;
    }
}

impl Told {
    /// Makes room for as many as a tenth of all, for looking for the oldest takes long.
    fn forget_oldest(&mut self) {
        let mut ages: Vec<u64> = self.lineages.values().map(|failures| failures.last_at).collect();
        let count = LINEAGES_MAX / 10;
        if ages.len() > count {
            let (_, youngest, _) = ages.select_nth_unstable(count);
            let youngest = *youngest;
            self.lineages.retain(|_, failures| failures.last_at > youngest);
        }
    }
}

fn remember(ends: &mut VecDeque<Arc<Ended>>, ended: Ended) {
    if ends.len() == ENDS_MAX {
        ends.pop_front();
    }
    ends.push_back(Arc::new(ended));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn failures_in_a_row_are_counted_until_there_was_a_longer_pause() {
        let second = |number: u64| number * 1_000_000_000;
        let mut told = Told::default();
        let mut fails = |supervisor, actor, at| told.failed(Lineage { supervisor, actor }, at);
        for at in [0, 60, 119] {
            fails(7, "Leaf", second(at));
        }
        fails(7, "Branch", second(100));
        fails(8, "Leaf", second(110));
        let burst = |told: &Told, at| told.burst_below(7, second(at));
        assert_eq!(burst(&told, 120), 4);
        assert_eq!(told.bursts(second(120)), BTreeMap::from([(7, 4), (8, 1)]));
        assert_eq!(told.bursts(second(180)), BTreeMap::new());
        assert_eq!(burst(&told, 161), 3, "the branches have recovered");
        assert_eq!(burst(&told, 180), 0);
        told.failed(Lineage { supervisor: 7, actor: "Leaf" }, second(200));
        assert_eq!(burst(&told, 200), 1, "a new row begins");
    }
}
