//! What the numbers of a record say at one moment, for whoever looks.

use std::{
    sync::atomic::Ordering::{Acquire, Relaxed},
    time::Duration,
};

use super::Record;
use crate::instrument::clock;

/// The numbers of a record at one moment.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Counts {
    /// None where its messages are not counted when they are sent.
    pub(crate) sent: Option<u64>,
    pub(crate) taken: u64,
    pub(crate) handled: u64,
    pub(crate) busy_nanos: u64,
}

/// What a handler does that has not ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Handling {
    /// The name of the variant, where it is known.
    pub(crate) message: Option<&'static str>,
    /// For how long. Exact from the moment when it had to wait for something, else to 0.1 s.
    pub(crate) duration: Duration,
    /// Whether it waits for something; else it keeps a thread busy.
    pub(crate) waits: bool,
}

impl Record {
    pub(crate) fn counts(&self) -> Counts {
        let own = &self.own;
        // First what leaves the mailbox, then what enters it: so there are never more taken than sent.
        let (handled, taken) = (own.handled.load(Relaxed), own.taken.load(Relaxed));
        let sent = self.senders.sent.load(Relaxed);
        let is_counted = self.types.message_spec.is_some() || sent > 0;
        let busy_nanos = own.busy_nanos.load(Relaxed);
        Counts { sent: is_counted.then_some(sent), taken, handled, busy_nanos }
    }

    /// For how long it kept a thread busy since this was asked last: for whoever measures the node, and
    /// nobody else.
    pub(crate) fn take_busy(&self) -> Duration {
        let busy = self.own.busy_nanos.load(Relaxed);
        let before = self.busy_measured.swap(busy, Relaxed);
        Duration::from_nanos(busy.saturating_sub(before))
    }

    /// How many messages wait. None where they are not counted.
    pub(crate) fn depth(&self) -> Option<u64> {
        let counts = self.counts();
        counts.sent.map(|sent| sent.saturating_sub(counts.taken))
    }

    /// How long the oldest message has waited at least. None where none waits.
    pub(crate) fn oldest(&self, now: u64) -> Option<Duration> {
        self.depth().filter(|depth| *depth > 0)?;
        let tick = self.senders.times.get()?.sent_at(self.own.taken.load(Relaxed))?;
        Some(Duration::from_nanos(now.saturating_sub(clock::nanos_of(tick.saturating_add(1)))))
    }

    /// What it does now. None where no handler runs.
    pub(crate) fn handling(&self, now: u64) -> Option<Handling> {
        let own = &self.own;
        let waits_since = own.waits_since.load(Relaxed);
        let (handled, taken) = (own.handled.load(Relaxed), own.taken.load(Acquire));
        if taken == handled {
            return None;
        }
        let since = match waits_since {
            0 => clock::nanos_of(own.measured_at.load(Relaxed)),
            since => since,
        };
        let variants = self.types.message_spec.map(|spec| spec.variants).unwrap_or_default();
        let message = variants.get(usize::from(own.variant.load(Relaxed))).map(|one| one.name);
        let duration = Duration::from_nanos(now.saturating_sub(since));
        Some(Handling { message, duration, waits: waits_since != 0 })
    }

    /// The bound below which this part of its handlers' durations is.
    pub(crate) fn duration_quantile(&self, part: f64) -> Option<Duration> {
        self.own.durations.get()?.quantile(part)
    }

    /// The longest handler that was measured.
    pub(crate) fn longest(&self) -> Option<Duration> {
        let nanos = self.own.longest_nanos.load(Relaxed);
        (self.measurements() > 0).then(|| Duration::from_nanos(nanos))
    }

    /// How many handlers were measured.
    pub(crate) fn measurements(&self) -> u64 {
        self.own.measured.load(Relaxed)
    }
}
