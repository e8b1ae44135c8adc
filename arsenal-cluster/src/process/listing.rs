//! The processes of one node that a list shows, the first of them in its order.
//!
//! There may be a million. So a number is read for each, the first rows are chosen by it, and only for
//! those everything else is looked up. It takes long enough to be done aside, see
//! [`ProcessTable::aside`].

use std::{borrow::Cow, collections::BTreeMap, sync::Arc, time::Duration};

use arsenal_core::error::OperationError;
use ractor::{ActorCell, ActorId, registry};
use tokio::time::sleep;

use super::{
    NodeRanking, Position, Process, ProcessQuery, ProcessTable, Rank, SortKey, Standing,
    observing::{Earlier, millis},
    position::{After, first},
};
use crate::instrument::{Record, clock, records, short_type};

/// What may be in the list.
pub(super) struct Candidate {
    pub(super) local: u64,
    pub(super) record: Option<Arc<Record>>,
    /// Looked up when it is needed.
    cell: Option<ActorCell>,
}

impl ProcessTable {
    /// The first rows of this node.
    ///
    /// # Errors
    ///
    /// `internal` where the node is about to end.
    pub async fn rank(
        self: &Arc<Self>,
        query: ProcessQuery,
    ) -> Result<NodeRanking, OperationError> {
        let Some(window) = query.window else {
            return self.aside(move |table| table.ranking(&query, None)).await;
        };
        let look = query.clone();
        let before = self.aside(move |table| table.earlier(&look)).await?;
        sleep(window).await;
        self.aside(move |table| table.ranking(&query, Some(&before))).await
    }

    /// The counters of all that may be in the list, for what they change by.
    fn earlier(&self, query: &ProcessQuery) -> BTreeMap<u64, (i64, Option<Earlier>)> {
        let now = clock::nanos();
        let seen = |candidate: Candidate| {
            let value = self.value(query.sort, &candidate, now)?;
            let counts = candidate.record.map(|record| record.counts());
            Some((candidate.local, (value, counts.map(|counts| Earlier { nanos: now, counts }))))
        };
        self.candidates(query).into_iter().filter_map(seen).collect()
    }

    fn ranking(
        &self,
        query: &ProcessQuery,
        before: Option<&BTreeMap<u64, (i64, Option<Earlier>)>>,
    ) -> NodeRanking {
        let now = clock::nanos();
        let rows = self.rows(query, before, now);
        let count = usize::try_from(query.limit).unwrap_or(usize::MAX);
        let found = rows.len();
        let chosen = first(rows, count, query.order);
        let today = self.clock.millis_at(clock::instant_of(now));
        let rank = |value: i64| {
            let is_moment = before.is_none() && query.sort.is_some_and(SortKey::is_age);
            let value = if is_moment { value.saturating_add(today) } else { value };
            query.sort.map(|by| Rank { by, value, unit: by.unit() })
        };
        let show = |(value, local): (i64, u64)| {
            let cell = registry::where_is_pid(ActorId::Local(local))?;
            let earlier = before.and_then(|before| before.get(&local)?.1);
            let row = Process { rank: rank(value), ..self.row_since(&cell, earlier) };
            Some(Standing { value, row })
        };
        // How far they go is told by all that were chosen: some may have ended since.
        let last = chosen.last().filter(|_| found > chosen.len());
        let up_to = last.map(|(value, local)| Position::new(*value, self.id(*local)));
        let rows = chosen.into_iter().filter_map(show).collect();
        NodeRanking::of(rows, up_to, query.limit, query.sorting())
    }

    /// All that the list could show after its cursor: the number and the place of each.
    fn rows(
        &self,
        query: &ProcessQuery,
        before: Option<&BTreeMap<u64, (i64, Option<Earlier>)>>,
        now: u64,
    ) -> Vec<(i64, u64)> {
        let after = query.after.as_ref();
        let after =
            after.map(|position| After::new(position, &self.node, self.generation, query.order));
        let is_after = |value, local| after.as_ref().is_none_or(|after| after.holds(value, local));
        if let Some(key) = query.sort.filter(|key| key.is_of_record())
            && query.shows_all_records()
        {
            let mut rows = self.of_records(key, now);
            rows.retain(|(value, local)| is_after(*value, *local));
            return rows;
        }
        let bursts = query.health.map(|_| self.bursts()).unwrap_or_default();
        let mut rows = Vec::new();
        for mut candidate in self.candidates(query) {
            let value = match before {
                // What started within the window changed from nothing.
                Some(before) => self.value(query.sort, &candidate, now).map(|value| {
                    value.saturating_sub(before.get(&candidate.local).map_or(0, |seen| seen.0))
                }),
                None => self.standing(query.sort, &candidate, now),
            };
            let Some(value) = value else { continue };
            if is_after(value, candidate.local) && self.is_asked_for(query, &mut candidate, &bursts)
            {
                rows.push((value, candidate.local));
            }
        }
        rows
    }

    /// The numbers of all records, read where they are: to hold each meanwhile would touch half as much
    /// memory again.
    fn of_records(&self, key: SortKey, now: u64) -> Vec<(i64, u64)> {
        let mut rows = Vec::new();
        records::each(|record| {
            if record.home == self.home
                && let Some(value) = self.standing_of(key, record, now)
            {
                rows.push((value, record.local));
            }
        });
        rows
    }

    fn candidates(&self, query: &ProcessQuery) -> Vec<Candidate> {
        let is_counted = query.sort.is_some_and(SortKey::is_of_record);
        if is_counted || query.instrumented == Some(true) || query.health.is_some() {
            // None of Arsenal's own has a record.
            let mut candidates = Vec::new();
            records::each(|record| {
                if record.home == self.home {
                    let (local, record) = (record.local, Some(Arc::clone(record)));
                    candidates.push(Candidate { local, record, cell: None });
                }
            });
            return candidates;
        }
        let mut cells = if query.sort == Some(SortKey::ChildrenFailed) {
            // Few have any.
            let supervisors = self.history().supervisors_of_failed().into_iter();
            supervisors.map(ActorId::Local).filter_map(registry::where_is_pid).collect()
        } else {
            self.cells()
        };
        if query.leaves_out_internal() {
            let internal = self.internal_locals();
            cells.retain(|cell| !internal.contains(&cell.get_id().pid()));
        }
        // Where it is not needed, a look-up of each would take longer than all the rest.
        let candidate =
            if query.looks_at_records() { Candidate::of } else { Candidate::unrecorded };
        cells.into_iter().map(candidate).collect()
    }

    /// What a candidate is ordered by, so that it stands still from page to page.
    fn standing(&self, key: Option<SortKey>, candidate: &Candidate, now: u64) -> Option<i64> {
        match key.filter(|key| key.is_age()) {
            Some(key) => self.standing_of(key, candidate.record.as_ref()?, now),
            None => self.value(key, candidate, now),
        }
    }

    /// The same of a record. All ages grow by themselves: so it is the moment that they are counted from, on
    /// the wall clock, and the earliest moment has the largest number.
    fn standing_of(&self, key: SortKey, record: &Record, now: u64) -> Option<i64> {
        if !key.is_age() {
            return of_record(key, record, now).map(signed);
        }
        let age = u64::try_from(age(key, record, now)?.as_nanos()).unwrap_or(u64::MAX);
        Some(-self.clock.millis_at(clock::instant_of(now.saturating_sub(age))))
    }

    /// The number that a list is sorted by; the same for all where it is not sorted by a number.
    fn value(&self, key: Option<SortKey>, candidate: &Candidate, now: u64) -> Option<i64> {
        let Some(key) = key else { return Some(0) };
        let number = if key.is_of_record() {
            of_record(key, candidate.record.as_ref()?, now)
        } else if key == SortKey::Children {
            candidate.cell()?.get_children().len().try_into().ok()
        } else {
            Some(self.history().failed_below(candidate.local).into()).filter(|failed| *failed > 0)
        };
        number.map(signed)
    }

    /// `bursts` are looked at where it is asked how well processes do.
    pub(super) fn is_asked_for(
        &self,
        query: &ProcessQuery,
        candidate: &mut Candidate,
        bursts: &BTreeMap<u64, u32>,
    ) -> bool {
        if query.instrumented.is_some_and(|wanted| wanted != candidate.record.is_some()) {
            return false;
        }
        if let Some(wanted) = query.health
            && candidate
                .record
                .as_ref()
                .is_none_or(|record| self.health_of(record, bursts) != wanted)
        {
            return false;
        }
        let of_type = || {
            let label = self.label(candidate.local).map(Cow::Borrowed);
            label.or_else(|| Some(short_type(candidate.record.as_ref()?.types.actor)))
        };
        if let Some(pattern) = &query.actor_type
            && !of_type().is_some_and(|name| pattern.matches(&name))
        {
            return false;
        }
        query.name.is_none()
            && query.supervisor.is_none()
            && query.status.is_none()
            && query.kind.is_none()
            && !query.has_children
            || self.has_asked_place(query, candidate)
    }

    /// Whether name, status and place in the tree are those asked for.
    fn has_asked_place(&self, query: &ProcessQuery, candidate: &mut Candidate) -> bool {
        let Some(cell) = candidate.cell() else { return false };
        if let Some(pattern) = &query.name {
            let own = self.names().of(candidate.local);
            let ractors = cell.get_name();
            let is_called = own.is_some_and(|name| pattern.matches(name.as_str()))
                || ractors.is_some_and(|name| pattern.matches(&name));
            if !is_called {
                return false;
            }
        }
        if query.status.is_some_and(|status| status != cell.get_status().into()) {
            return false;
        }
        if query.kind.is_some_and(|kind| kind != self.kind(&cell)) {
            return false;
        }
        if query.has_children && cell.get_children().is_empty() {
            return false;
        }
        let Some(supervisor) = &query.supervisor else { return true };
        let above = cell.try_get_supervisor();
        above.is_some_and(|above| self.is_at(&above, supervisor))
    }
}

impl Candidate {
    pub(super) fn of(cell: ActorCell) -> Self {
        let local = cell.get_id().pid();
        Self { local, record: records::get(local), cell: Some(cell) }
    }

    fn unrecorded(cell: ActorCell) -> Self {
        Self { local: cell.get_id().pid(), record: None, cell: Some(cell) }
    }

    fn cell(&self) -> Option<ActorCell> {
        self.cell.clone().or_else(|| registry::where_is_pid(ActorId::Local(self.local)))
    }
}

impl ProcessQuery {
    /// Whether each instrumented process is shown, by its number now.
    fn shows_all_records(&self) -> bool {
        let has_place = self.supervisor.is_some() || self.has_children;
        let has_kind = self.kind.is_some() || self.status.is_some();
        let has_pattern = self.name.is_some() || self.actor_type.is_some();
        let is_of_some = self.instrumented == Some(false) || self.health.is_some();
        self.window.is_none() && !(has_place || has_kind || has_pattern || is_of_some)
    }

    /// Whether it depends on the record of a process that is not sorted by one whether it is shown, and
    /// how.
    fn looks_at_records(&self) -> bool {
        self.instrumented.is_some() || self.actor_type.is_some() || self.window.is_some()
    }
}

impl SortKey {
    /// Whether only instrumented processes have the number.
    const fn is_of_record(self) -> bool {
        !matches!(self, Self::Children | Self::ChildrenFailed)
    }

    /// Whether the number grows by itself.
    const fn is_age(self) -> bool {
        matches!(self, Self::OldestMessageAge | Self::HandlingTime | Self::Age)
    }
}

fn of_record(key: SortKey, record: &Record, now: u64) -> Option<u64> {
    match key {
        SortKey::MailboxDepth => record.depth(),
        SortKey::OldestMessageAge | SortKey::HandlingTime | SortKey::Age => {
            age(key, record, now).map(millis)
        }
        SortKey::Sent => record.counts().sent,
        SortKey::Handled => Some(record.counts().handled),
        SortKey::Busy => Some(record.counts().busy_nanos / 1000),
        SortKey::HandlerP99 => {
            let bound = record.duration_quantile(0.99)?;
            Some(micros(record.longest().map_or(bound, |longest| bound.min(longest))))
        }
        SortKey::HandlerMax => Some(micros(record.longest()?)),
        SortKey::Restarts => Some(record.restarts().into()),
        SortKey::Children | SortKey::ChildrenFailed => None,
    }
}

fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// None where nothing waits, runs, or the number is no age.
fn age(key: SortKey, record: &Record, now: u64) -> Option<Duration> {
    if key == SortKey::OldestMessageAge {
        return record.oldest(now);
    }
    if key == SortKey::HandlingTime {
        return record.handling(now).map(|handling| handling.duration);
    }
    (key == SortKey::Age).then(|| Duration::from_nanos(now.saturating_sub(record.started_at)))
}

fn micros(duration: Duration) -> u64 {
    u64::try_from(duration.as_micros()).unwrap_or(u64::MAX)
}

#[cfg(test)]
#[path = "listing_tests.rs"]
mod tests;
