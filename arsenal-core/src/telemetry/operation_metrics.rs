//! What one node counts of one operation. Reached by a handle, so that counting looks up nothing
//! but the operation, locks nothing and allocates nothing.

use std::{
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};

use super::{
    histogram::Histogram,
    tally::{Ending, Tally},
};
use crate::spec::{OperationSpec, Target};

/// The counters of one operation on one node.
#[derive(Debug)]
pub(crate) struct OperationMetrics {
    /// What ran here, or was refused here.
    pub(super) invocations: Tally,
    /// How long it ran.
    pub(super) durations: Histogram,
    /// What runs now.
    pub(super) in_flight: AtomicU64,
    /// Panics that were caught.
    pub(super) panics: AtomicU64,
    /// Requests with a key that came again; `None` where none are taken.
    pub(super) replays: Option<Tally>,
    /// What came in here and was sent to other nodes; `None` where that never happens.
    pub(super) dispatches: Option<Dispatches>,
}

/// What an operation that asks other nodes came to, as its caller saw it.
#[derive(Debug)]
pub(super) struct Dispatches {
    pub(super) endings: Tally,
    pub(super) durations: Histogram,
}

impl OperationMetrics {
    pub(crate) fn new(spec: &OperationSpec) -> Self {
        let dispatches =
            || Dispatches { endings: Tally::new(spec), durations: Histogram::default() };
        Self {
            invocations: Tally::new(spec),
            durations: Histogram::default(),
            in_flight: AtomicU64::new(0),
            panics: AtomicU64::new(0),
            replays: spec.is_idempotent.then(|| Tally::new(spec)),
            dispatches: (spec.target != Target::Here).then(dispatches),
        }
    }

    pub(crate) fn count_panic(&self) {
        self.panics.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn refused(&self, ending: Ending<'_>) {
        self.invocations.count(ending);
    }

    pub(super) fn began(&self) {
        self.in_flight.fetch_add(1, Ordering::Relaxed);
    }

    /// It began, and was refused before the function ran: that took no time of the operation's.
    pub(super) fn turned_away(&self, ending: Ending<'_>) {
        self.in_flight.fetch_sub(1, Ordering::Relaxed);
        self.refused(ending);
    }

    pub(super) fn ended(&self, ending: Ending<'_>, duration: Duration) {
        self.in_flight.fetch_sub(1, Ordering::Relaxed);
        self.invocations.count(ending);
        self.durations.add(duration);
    }

    pub(super) fn replayed(&self, ending: Ending<'_>) {
        if let Some(replays) = &self.replays {
            replays.count(ending);
        }
    }

    pub(super) fn dispatched(&self, ending: Ending<'_>, duration: Duration) {
        if let Some(dispatches) = &self.dispatches {
            dispatches.endings.count(ending);
            dispatches.durations.add(duration);
        }
    }
}
