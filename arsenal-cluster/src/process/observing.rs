//! What is known of one process at one moment.

use std::{
    collections::{BTreeMap, BTreeSet},
    iter::successors,
    time::Duration,
};

use ractor::{ActorCell, ActorId};
use tokio::time::Instant;

use super::{
    HandlerTimes, Handling, HealthStatus, Process, ProcessCounters, ProcessKind, ProcessTable,
    Rates, health::health,
};
use crate::instrument::{Counts, History, Record, clock, records, short_type};

/// Levels of supervisors between the roots of the network and what it starts.
const INTERNAL_DEPTH_MAX: usize = 4;

/// Counters at an earlier moment, which rates are measured from.
#[derive(Clone, Copy, Debug)]
pub(super) struct Earlier {
    pub(super) nanos: u64,
    pub(super) counts: Counts,
}

impl ProcessTable {
    /// A process as it is now, with rates over its whole life.
    pub(super) fn row(&self, cell: &ActorCell) -> Process {
        self.row_since(cell, None)
    }

    /// A process as it is now, with rates since an earlier moment.
    pub(super) fn row_since(&self, cell: &ActorCell, earlier: Option<Earlier>) -> Process {
        let local = cell.get_id().pid();
        let name = self.names().of(local).map(|name| name.to_string());
        let record = records::get(local);
        let counts = record.as_ref().map(|record| self.counters(record, earlier));
        let children = cell.get_children().len();
        let label = self.label(local);
        let kind = self.kind_with(cell, children);
        let history = self.history();
        let actor_type = record.as_ref().map(|record| short_type(record.types.actor).into_owned());
        Process {
            pid: self.id(local),
            node: self.node.clone(),
            registered: name.is_some(),
            name,
            ractor_name: cell.get_name(),
            actor_type: label.map(str::to_owned).or(actor_type),
            kind,
            supervisor: cell.try_get_supervisor().map(|above| self.id(above.get_id().pid())),
            children,
            children_failed: Some(history.failed_below(local)).filter(|failed| *failed > 0),
            status: cell.get_status().into(),
            instrumented: record.is_some(),
            protected: kind == ProcessKind::Internal
                || record.as_ref().is_some_and(|record| record.is_protected()),
            health: record
                .as_ref()
                .zip(counts.as_ref())
                .map(|(record, counts)| health(counts, history.burst_below(record.local))),
            counts,
            rank: None,
        }
    }

    /// What a process is there for.
    pub(crate) fn kind(&self, cell: &ActorCell) -> ProcessKind {
        self.kind_with(cell, cell.get_children().len())
    }

    fn kind_with(&self, cell: &ActorCell, children: usize) -> ProcessKind {
        if self.is_internal(cell) {
            return ProcessKind::Internal;
        }
        if children == 0 { ProcessKind::Worker } else { ProcessKind::Supervisor }
    }

    /// Whether operations must leave a process as it is.
    pub(crate) fn is_protected(&self, cell: &ActorCell) -> bool {
        let is_marked = |local| records::get(local).is_some_and(|record| record.is_protected());
        self.is_internal(cell) || is_marked(cell.get_id().pid())
    }

    fn is_internal(&self, cell: &ActorCell) -> bool {
        self.label(cell.get_id().pid()).is_some() || self.is_of_network(cell)
    }

    /// What became of this node's instrumented processes.
    pub(super) fn history(&self) -> std::sync::Arc<History> {
        History::of(self.home)
    }

    /// Whether it carries frames between nodes.
    fn is_of_network(&self, cell: &ActorCell) -> bool {
        let is_network =
            |id: ActorId| self.network.get().into_iter().flatten().any(|one| one.get_id() == id);
        successors(Some(cell.clone()), ActorCell::try_get_supervisor)
            .take(INTERNAL_DEPTH_MAX)
            .any(|above| is_network(above.get_id()))
    }

    /// How many children of each supervisor failed in a row; taken once by whoever walks over all
    /// processes, for every process that starts or ends waits for it.
    pub(super) fn bursts(&self) -> BTreeMap<u64, u32> {
        self.history().bursts()
    }

    /// How well a process does, by those.
    pub(super) fn health_of(&self, record: &Record, bursts: &BTreeMap<u64, u32>) -> HealthStatus {
        let burst = bursts.get(&record.local).copied().unwrap_or_default();
        health(&self.counters(record, None), burst).status
    }

    /// The local numbers of all that is Arsenal's own, or of `ractor_cluster`.
    pub(super) fn internal_locals(&self) -> BTreeSet<u64> {
        let mut locals = self.labelled();
        locals.extend(self.network_locals());
        locals
    }

    /// Of the actors that carry frames between nodes: from above, as there may be very many below others.
    pub(super) fn network_locals(&self) -> Vec<u64> {
        let mut locals = Vec::new();
        let mut level = self.network.get().cloned().unwrap_or_default();
        for _ in 0..INTERNAL_DEPTH_MAX {
            // What is below a session may be of another node.
            level.retain(|cell| cell.get_id().is_local());
            locals.extend(level.iter().map(|cell| cell.get_id().pid()));
            level = level.iter().flat_map(ActorCell::get_children).collect();
        }
        locals
    }

    fn counters(&self, record: &Record, earlier: Option<Earlier>) -> ProcessCounters {
        let now = clock::nanos();
        let counts = record.counts();
        let age = Duration::from_nanos(now.saturating_sub(record.started_at));
        let depth = record.depth();
        let handling = record.handling(now).map(|handling| Handling {
            message: handling.message.map(str::to_owned),
            for_ms: millis(handling.duration),
            waits: handling.waits,
        });
        let paused = record.paused_until();
        ProcessCounters {
            started_at: self.clock.at(clock::instant_of(record.started_at)),
            age_ms: millis(age),
            mailbox_depth: depth,
            oldest_message_age_ms: record.oldest(now).map(millis),
            sent: counts.sent,
            handled: counts.handled,
            rates: rates(now, counts, earlier, record.started_at),
            busy_ms: rounded(Duration::from_nanos(counts.busy_nanos).as_secs_f64() * 1e3),
            handling,
            handler_times: handler_times(record),
            restarts: record.restarts(),
            paused_for_ms: paused
                .map(|until| millis(until.saturating_duration_since(Instant::now()))),
        }
    }
}

fn rates(now: u64, counts: Counts, earlier: Option<Earlier>, started_at: u64) -> Rates {
    let zero = Counts { sent: Some(0), taken: 0, handled: 0, busy_nanos: 0 };
    let Earlier { nanos, counts: before } =
        earlier.unwrap_or(Earlier { nanos: started_at, counts: zero });
    let over = Duration::from_nanos(now.saturating_sub(nanos));
    // What has just started has no rate yet; a division by almost nothing would make one up.
    let seconds = over.as_secs_f64().max(0.001);
    let per_second = |now: u64, before: u64| as_f64(now.saturating_sub(before)) / seconds;
    Rates {
        over_ms: millis(over),
        sent_per_s: counts
            .sent
            .map(|sent| rounded(per_second(sent, before.sent.unwrap_or_default()))),
        handled_per_s: rounded(per_second(counts.handled, before.handled)),
        busy_share: rounded(per_second(counts.busy_nanos, before.busy_nanos) / 1e9).min(1.0),
    }
}

fn handler_times(record: &Record) -> Option<HandlerTimes> {
    let micros = |duration: Duration| (duration.as_secs_f64() * 1e7).round() / 10.0;
    let longest = record.longest()?;
    // The bound of a bucket may be above the longest of them.
    let quantile = |part| record.duration_quantile(part).map(|bound| micros(bound.min(longest)));
    Some(HandlerTimes {
        p50_us: quantile(0.5)?,
        p90_us: quantile(0.9)?,
        p99_us: quantile(0.99)?,
        max_us: micros(longest),
        measured: record.measurements(),
    })
}

/// To three digits behind the point: more are not known.
fn rounded(number: f64) -> f64 {
    (number * 1e3).round() / 1e3
}

pub(super) fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

#[expect(clippy::cast_precision_loss, reason = "counters are far below 2^52")]
fn as_f64(number: u64) -> f64 {
    number as f64
}
