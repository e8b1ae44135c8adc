//! The sessions of one node: those that run, and those that are over and kept for a while.
//!
//! Each ends by the clock of its own node, so it needs nobody for that: neither who asked for it, nor the
//! node that was asked.

use std::{
    collections::VecDeque,
    sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError, Weak, atomic::Ordering},
    time::Duration,
};

use arsenal_core::error::OperationError;
use dashmap::DashMap;
use tokio::{sync::Notify, time::timeout_at};

use super::{
    ACTIVE, SessionEnd, SessionId, SessionShare, ShareEvents, TracePlan,
    context::Context,
    event::Actor,
    session::{Place, Session},
};
use crate::instrument::{Flag, Home, Record, clock, records};

/// Sessions that run on a node at a time.
const LIVE_MAX: usize = 8;

/// Sessions that are over and kept; the oldest is forgotten first.
const KEPT_MAX: usize = 16;

/// How long a session that is over is kept.
const KEPT_FOR: Duration = Duration::from_mins(10);

/// Events of all sessions of a node: those that are kept, and those that running ones may come to have. At
/// about 200 bytes each and a payload they take less than 100 MB.
const EVENTS_KEPT_MAX: u64 = 200_000;

/// The sessions of the nodes of this process, by where their actors are at home.
static HOMES: LazyLock<DashMap<Home, Weak<Sessions>>> = LazyLock::new(DashMap::new);

/// The sessions of one node.
#[derive(Debug)]
pub struct Sessions {
    home: Home,
    place: Arc<Place>,
    table: Mutex<Table>,
    /// One is over before its time, or has begun.
    changed: Arc<Notify>,
}

#[derive(Debug, Default)]
struct Table {
    live: Arc<[Arc<Session>]>,
    /// In the order of their ends.
    kept: VecDeque<Arc<Session>>,
}

impl Sessions {
    /// Those of a node that starts here, none yet.
    pub(crate) fn new(place: Place) -> Arc<Self> {
        let home = Home::current();
        let sessions = Arc::new(Self {
            home,
            place: Arc::new(place),
            table: Mutex::default(),
            changed: Arc::default(),
        });
        HOMES.insert(home, Arc::downgrade(&sessions));
        sessions
    }

    /// Those of the node that is at home there.
    pub(super) fn of(home: Home) -> Option<Arc<Self>> {
        HOMES.get(&home)?.upgrade()
    }

    /// Begins a session; one that runs already stays as it is. Walks over all actors of the node where it
    /// is on types.
    ///
    /// # Errors
    ///
    /// `conflict` where too many run.
    pub fn start(&self, plan: TracePlan) -> Result<SessionShare, OperationError> {
        if let Some(session) = self.find(plan.id) {
            return Ok(session.share());
        }
        let (place, changed) = (Arc::clone(&self.place), Arc::clone(&self.changed));
        let session = Arc::new(Session::new(plan, place, changed));
        {
            let mut table = self.table();
            table.sweep();
            table.admit(&session, &self.place)?;
            let live = table.live.iter().chain([&session]).cloned().collect();
            table.set_live(live);
        }
        // After it is among those that run: what starts now looks there by itself.
        self.mark(&session);
        self.changed.notify_one();
        Ok(session.share())
    }

    /// Ends a session before its time, if it is not over.
    ///
    /// # Errors
    ///
    /// `not_found` where this node does not have it.
    pub fn end(&self, id: SessionId) -> Result<SessionShare, OperationError> {
        let session = self.get(id)?;
        session.end(SessionEnd::Request, clock::nanos());
        self.table().sweep();
        Ok(session.share())
    }

    /// All that are known here.
    pub fn list(&self) -> Vec<SessionShare> {
        let mut table = self.table();
        table.sweep();
        table.kept.iter().chain(table.live.iter()).map(|session| session.share()).collect()
    }

    /// One that runs or is kept.
    pub(super) fn get(&self, id: SessionId) -> Result<Arc<Session>, OperationError> {
        self.table().sweep();
        self.find(id).ok_or_else(|| {
            let node = &self.place.node;
            let detail = format!("node `{node}` has no tracing session `{id}`");
            OperationError::not_found(detail)
        })
    }

    /// At most so many events of a session after a number; fewer where they are large.
    ///
    /// # Errors
    ///
    /// `not_found` where this node does not have it.
    pub fn events(
        &self,
        id: SessionId,
        after: u64,
        limit: usize,
    ) -> Result<ShareEvents, OperationError> {
        let session = self.get(id)?;
        Ok(ShareEvents::fitting(session.share(), session.events_after(after, limit)))
    }

    fn find(&self, id: SessionId) -> Option<Arc<Session>> {
        let table = self.table();
        table.live.iter().chain(&table.kept).find(|session| session.id() == id).cloned()
    }

    pub(super) fn live(&self) -> Arc<[Arc<Session>]> {
        Arc::clone(&self.table().live)
    }

    /// The sessions that trace a message: the one that follows its request, and those that are on its
    /// target. Where one of the latter follows what comes of it, the context says so from here on.
    pub(super) fn choose(
        &self,
        target: Option<Actor>,
        message: Option<&str>,
        context: &mut Context,
        at: u64,
    ) -> Vec<Arc<Session>> {
        let live = self.live();
        let runs = |id| live.iter().any(|session| session.id() == id && session.is_live(at));
        context.session = context.session.filter(|id| runs(*id));
        let span = context.span().map_or(0, arsenal_core::telemetry::SpanId::number);
        let mut chosen = Vec::new();
        for session in live.iter().filter(|session| session.is_live(at)) {
            let is_followed = context.session == Some(session.id());
            let is_on_target = || target.is_some_and(|target| session.covers(target));
            let plan = &session.plan;
            if is_followed || plan.wants(message) && plan.samples(span) && is_on_target() {
                if plan.follows() {
                    context.session = context.session.or_else(|| Some(session.id()));
                }
                chosen.push(Arc::clone(session));
            }
        }
        chosen
    }

    /// Whether a running session is on an actor.
    pub(super) fn covers(&self, actor: Actor, at: u64) -> bool {
        self.live().iter().any(|session| session.is_live(at) && session.covers(actor))
    }

    /// Marks the actors that a session is on.
    fn mark(&self, session: &Session) {
        if let Some(local) = session.process() {
            if let Some(record) = records::get(local) {
                record.set(Flag::Traced, true);
            }
        } else if session.is_on_types() {
            records::each(|record| {
                if record.home == self.home && session.covers(Actor::of(record)) {
                    record.set(Flag::Traced, true);
                }
            });
        }
    }

    /// Ends and forgets what is due, for as long as the node runs.
    #[expect(clippy::infinite_loop, reason = "ended with the tasks of the node")]
    pub(crate) async fn keep(self: Arc<Self>) {
        loop {
            let next = {
                let mut table = self.table();
                table.sweep();
                let ends = table.live.iter().map(|session| session.ends_at());
                let forgotten = table.kept.iter().map(|session| forget_at(session));
                ends.chain(forgotten).min()
            };
            let changed = self.changed.notified();
            match next {
                Some(next) => {
                    let _in_time = timeout_at(clock::instant_of(next), changed).await;
                }
                None => changed.await,
            }
        }
    }

    /// The node ends, and with it all sessions.
    pub(crate) fn close(&self) {
        let mut table = self.table();
        table.set_live(Vec::new());
        table.kept.clear();
    }

    fn table(&self) -> MutexGuard<'_, Table> {
        self.table.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Sessions {
    fn drop(&mut self) {
        self.close();
        HOMES.remove_if(&self.home, |_, sessions| sessions.strong_count() == 0);
    }
}

impl Table {
    /// Moves what is over to what is kept, and forgets what is old.
    fn sweep(&mut self) {
        let now = clock::nanos();
        let (live, over): (Vec<_>, Vec<_>) =
            self.live.iter().cloned().partition(|session| session.ended(now).is_none());
        if !over.is_empty() {
            self.set_live(live);
            self.kept.extend(over);
        }
        self.kept.retain(|session| now < forget_at(session));
        while self.kept.len() > KEPT_MAX {
            self.kept.pop_front();
        }
    }

    /// Makes room for the events of one more.
    fn admit(&mut self, session: &Session, place: &Place) -> Result<(), OperationError> {
        let reserved: u64 = self.live.iter().map(|one| u64::from(one.plan.max_events)).sum();
        let reserved = reserved + u64::from(session.plan.max_events);
        if self.live.len() >= LIVE_MAX || reserved > EVENTS_KEPT_MAX {
            let node = &place.node;
            let detail = format!(
                "node `{node}` runs {} tracing sessions, and has room for {LIVE_MAX} with at most \
                 {EVENTS_KEPT_MAX} events together",
                self.live.len()
            );
            let suggestion = "end one of them with trace.delete, or ask for fewer events";
            return Err(OperationError::conflict(detail).suggest(suggestion));
        }
        while reserved + self.kept.iter().map(|one| one.log().len()).sum::<u64>() > EVENTS_KEPT_MAX
        {
            self.kept.pop_front();
        }
        Ok(())
    }

    fn set_live(&mut self, live: Vec<Arc<Session>>) {
        ACTIVE.fetch_add(live.len(), Ordering::Relaxed);
        ACTIVE.fetch_sub(self.live.len(), Ordering::Relaxed);
        self.live = live.into();
    }
}

/// When a session that is over is forgotten.
fn forget_at(session: &Session) -> u64 {
    let ended = session.ended(u64::MAX).map_or(u64::MAX, |ended| ended.1);
    ended.saturating_add(u64::try_from(KEPT_FOR.as_nanos()).unwrap_or(u64::MAX))
}

impl Actor {
    pub(super) fn of(record: &Record) -> Self {
        Self { local: record.local, type_name: record.types.actor }
    }
}
