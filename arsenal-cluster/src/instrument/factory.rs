//! What is counted of ractor's factories, by the hook that they have for it.

use std::{
    collections::BTreeMap,
    fmt,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
    time::Duration,
};

use ractor::{
    concurrency::Instant,
    factory::{FactoryStatsLayer, JobOptions},
    registry,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::home::Home;

/// Factories that are remembered, those that have ended until there are so many; further ones are not
/// counted.
const FACTORIES_MAX: usize = 1000;

/// What ractor calls all factories that have no name.
const UNNAMED: &str = "all";

static FACTORIES: Mutex<BTreeMap<(Home, String), Arc<Jobs>>> = Mutex::new(BTreeMap::new());

/// Counts the jobs of factories: to be given to each as its `stats`. It shows them at the process of the
/// factory, which must have a name in ractor: the hook tells nothing else of it.
///
/// Workers are instrumented as any actor, by [`Instrumented`](super::Instrumented) in the worker builder.
#[derive(Clone, Default)]
pub struct CountedFactory {
    /// What the program counts itself.
    next: Option<Arc<dyn FactoryStatsLayer>>,
}

/// The jobs of one factory, as far as its hook was called.
#[derive(Debug, Default)]
struct Jobs {
    received: AtomicU64,
    completed: AtomicU64,
    discarded: AtomicU64,
    rate_limited: AtomicU64,
    expired: AtomicU64,
    queued: AtomicU64,
    in_flight: AtomicU64,
    workers: AtomicU64,
    /// Of all completed jobs, from their submission on.
    total_micros: AtomicU64,
}

/// What is counted of a factory.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct FactoryCounters {
    /// Jobs that it was given.
    pub received: u64,
    /// Jobs that its workers have completed.
    pub completed: u64,
    /// Jobs that were thrown away because it was full, or ends.
    pub discarded: u64,
    /// Jobs that were over its rate.
    pub rate_limited: u64,
    /// Jobs that waited for longer than they were worth.
    pub expired: u64,
    /// Jobs in its queue, at most 0.1 s ago.
    pub queued: u64,
    /// Jobs in its queue or with its workers, at most 0.1 s ago.
    pub in_flight: u64,
    /// Workers that it has, at most 0.1 s ago.
    pub workers: u64,
    /// How long a completed job took from its submission on, in the mean, in ms; absent before the first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mean_ms: Option<f64>,
}

impl CountedFactory {
    /// Counts, and lets the program's own count after it.
    pub fn before(next: Arc<dyn FactoryStatsLayer>) -> Self {
        Self { next: Some(next) }
    }
}

/// What is counted of the factory of this name.
pub(crate) fn factory_counters(home: Home, name: &str) -> Option<FactoryCounters> {
    let jobs = factories().get(&(home, name.to_owned())).cloned()?;
    let completed = jobs.completed.load(Relaxed);
    let total = Duration::from_micros(jobs.total_micros.load(Relaxed));
    #[expect(clippy::cast_precision_loss, reason = "counters are far below 2^52")]
    let mean_ms = (completed > 0).then(|| total.as_secs_f64() * 1e3 / completed as f64);
    Some(FactoryCounters {
        received: jobs.received.load(Relaxed),
        completed,
        discarded: jobs.discarded.load(Relaxed),
        rate_limited: jobs.rate_limited.load(Relaxed),
        expired: jobs.expired.load(Relaxed),
        queued: jobs.queued.load(Relaxed),
        in_flight: jobs.in_flight.load(Relaxed),
        workers: jobs.workers.load(Relaxed),
        mean_ms,
    })
}

/// The node has ended.
pub(super) fn forget(home: Home) {
    factories().retain(|(of, _), _| *of != home);
}

fn count(factory: &str, count: impl FnOnce(&Jobs)) {
    if factory == UNNAMED {
        return;
    }
    let mut factories = factories();
    let key = (Home::current(), factory.to_owned());
    if factories.len() >= FACTORIES_MAX && !factories.contains_key(&key) {
        factories.retain(|(_, name), _| registry::where_is(name).is_some());
        if factories.len() >= FACTORIES_MAX {
            return;
        }
    }
    count(factories.entry(key).or_default());
}

fn factories() -> MutexGuard<'static, BTreeMap<(Home, String), Arc<Jobs>>> {
    FACTORIES.lock().unwrap_or_else(PoisonError::into_inner)
}

fn number(count: usize) -> u64 {
    u64::try_from(count).unwrap_or(u64::MAX)
}

impl FactoryStatsLayer for CountedFactory {
    fn factory_ping_received(&self, factory: &str, sent: Instant) {
        self.next.factory_ping_received(factory, sent);
    }

    fn worker_ping_received(&self, factory: &str, elapsed: Duration) {
        self.next.worker_ping_received(factory, elapsed);
    }

    fn new_job(&self, factory: &str) {
        count(factory, |jobs| {
            jobs.received.fetch_add(1, Relaxed);
        });
        self.next.new_job(factory);
    }

    fn job_completed(&self, factory: &str, options: &JobOptions) {
        let took = options.submit_time().elapsed().unwrap_or_default();
        count(factory, |jobs| {
            jobs.completed.fetch_add(1, Relaxed);
            jobs.total_micros.fetch_add(u64::try_from(took.as_micros()).unwrap_or(0), Relaxed);
        });
        self.next.job_completed(factory, options);
    }

    fn job_discarded(&self, factory: &str) {
        count(factory, |jobs| {
            jobs.discarded.fetch_add(1, Relaxed);
        });
        self.next.job_discarded(factory);
    }

    fn job_rate_limited(&self, factory: &str) {
        count(factory, |jobs| {
            jobs.rate_limited.fetch_add(1, Relaxed);
        });
        self.next.job_rate_limited(factory);
    }

    fn job_ttl_expired(&self, factory: &str, removed: usize) {
        count(factory, |jobs| {
            jobs.expired.fetch_add(number(removed), Relaxed);
        });
        self.next.job_ttl_expired(factory, removed);
    }

    fn record_queue_depth(&self, factory: &str, depth: usize) {
        count(factory, |jobs| jobs.queued.store(number(depth), Relaxed));
        self.next.record_queue_depth(factory, depth);
    }

    fn record_processing_messages_count(&self, factory: &str, processing: usize) {
        self.next.record_processing_messages_count(factory, processing);
    }

    fn record_in_flight_messages_count(&self, factory: &str, in_flight: usize) {
        count(factory, |jobs| jobs.in_flight.store(number(in_flight), Relaxed));
        self.next.record_in_flight_messages_count(factory, in_flight);
    }

    fn record_worker_count(&self, factory: &str, workers: usize) {
        count(factory, |jobs| jobs.workers.store(number(workers), Relaxed));
        self.next.record_worker_count(factory, workers);
    }

    fn record_queue_limit(&self, factory: &str, limit: usize) {
        self.next.record_queue_limit(factory, limit);
    }
}

impl fmt::Debug for CountedFactory {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("CountedFactory").finish_non_exhaustive()
    }
}
