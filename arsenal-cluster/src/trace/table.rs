//! The sessions of a node, those that run and those that are over, and the bounds of both.

use std::{
    collections::VecDeque,
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

use arsenal_core::{error::OperationError, name::NodeName};

use super::{ACTIVE, RUNNING, SessionId, session::Session};
use crate::instrument::clock;

/// Sessions that run on a node at a time.
pub(super) const LIVE_MAX: usize = 8;

/// Sessions that are over and kept; the one that ended first is forgotten first.
pub(super) const KEPT_MAX: usize = 16;

/// How long a session that is over is kept at most.
const KEPT_FOR: Duration = Duration::from_mins(10);

/// Events of all sessions of a node: those that are kept, and those that running ones may come to have. At
/// about 200 bytes each and a payload they take less than 100 MB.
const EVENTS_KEPT_MAX: u64 = 200_000;

#[derive(Debug, Default)]
pub(super) struct Table {
    live: Arc<[Arc<Session>]>,
    /// In the order of their ends.
    kept: VecDeque<Arc<Session>>,
    pub(super) counted: Counted,
}

/// How many sessions of a table this process counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Counted {
    /// In [`ACTIVE`].
    pub(super) active: usize,
    /// In [`RUNNING`].
    pub(super) running: usize,
}

impl Table {
    pub(super) fn find(&self, id: SessionId) -> Option<&Arc<Session>> {
        self.all().find(|session| session.id() == id)
    }

    /// Those that are over, and then those that run.
    pub(super) fn all(&self) -> impl Iterator<Item = &Arc<Session>> {
        self.kept.iter().chain(self.live.iter())
    }

    pub(super) const fn live(&self) -> &Arc<[Arc<Session>]> {
        &self.live
    }

    /// Whether what a session follows ends here. Where it is only full, or not known, others may have room.
    pub(super) fn stops(&self, id: SessionId, at: u64) -> bool {
        self.find(id).is_some_and(|session| !session.is_live(at) && !session.passes(at))
    }

    /// Takes in one more, and makes room for its events.
    ///
    /// # Errors
    ///
    /// `conflict` where too many run.
    pub(super) fn admit(
        &mut self,
        session: &Arc<Session>,
        node: &NodeName,
    ) -> Result<(), OperationError> {
        let live = self.live.iter().chain([session]);
        let reserved: u64 = live.clone().map(|one| u64::from(one.plan.max_events)).sum();
        if self.live.len() >= LIVE_MAX || reserved > EVENTS_KEPT_MAX {
            let detail = format!(
                "node `{node}` runs {} tracing sessions, and has room for {LIVE_MAX} with at most \
                 {EVENTS_KEPT_MAX} events together",
                self.live.len()
            );
            let suggestion = if self.live.len() >= LIVE_MAX {
                "end one of them with trace.delete, or wait until one is over"
            } else {
                "ask for fewer events, or end one of them with trace.delete"
            };
            return Err(OperationError::conflict(detail).suggest(suggestion));
        }
        self.live = live.cloned().collect();
        while reserved + self.events_kept() > EVENTS_KEPT_MAX {
            self.forget_first();
        }
        self.count(clock::nanos());
        Ok(())
    }

    /// Moves what is over to what is kept, and forgets what is old. Says when something is due again.
    pub(super) fn sweep(&mut self) -> Option<u64> {
        let now = clock::nanos();
        let (live, over): (Vec<_>, Vec<_>) =
            self.live.iter().cloned().partition(|session| session.ended(now).is_none());
        if !over.is_empty() {
            self.live = live.into();
            self.kept.extend(over);
            self.kept.make_contiguous().sort_by_key(|session| session.over_at());
        }
        let is_old = |session: &Arc<Session>| forget_at(session) <= now;
        while self.kept.len() > KEPT_MAX || self.kept.front().is_some_and(is_old) {
            self.forget_first();
        }
        self.count(now);
        let passing = self.kept.iter().filter(|session| session.passes(now));
        let ends = self.live.iter().chain(passing).map(|session| session.ends_at());
        ends.chain(self.kept.front().map(forget_at)).min()
    }

    /// The node ends, and with it all sessions.
    pub(super) fn clear(&mut self) {
        let now = clock::nanos();
        for session in self.all() {
            session.close(now);
        }
        self.live = Arc::default();
        self.kept.clear();
        self.count(now);
    }

    fn events_kept(&self) -> u64 {
        self.kept.iter().map(|session| session.log().len()).sum()
    }

    fn forget_first(&mut self) {
        if let Some(session) = self.kept.pop_front() {
            session.log().clear();
        }
    }

    /// Counts those for which this process has to look at messages.
    fn count(&mut self, now: u64) {
        let passing = self.kept.iter().filter(|session| session.passes(now)).count();
        let running = self.live.len();
        let counted = Counted { active: running + passing, running };
        let before = std::mem::replace(&mut self.counted, counted);
        for (all, own, before) in
            [(&ACTIVE, counted.active, before.active), (&RUNNING, counted.running, before.running)]
        {
            all.fetch_add(own, Ordering::Relaxed);
            all.fetch_sub(before, Ordering::Relaxed);
        }
    }
}

/// When a session that is over is forgotten.
fn forget_at(session: &Arc<Session>) -> u64 {
    session.over_at().saturating_add(u64::try_from(KEPT_FOR.as_nanos()).unwrap_or(u64::MAX))
}
