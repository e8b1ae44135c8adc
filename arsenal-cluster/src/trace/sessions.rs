//! The sessions of one node: those that run, and those that are over and kept for a while.
//!
//! Each ends by the clock of its own node, so it needs nobody for that: neither who asked for it, nor the
//! node that was asked.

#[cfg(test)]
#[path = "sessions_tests.rs"]
mod tests;

use std::sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError, Weak};

use arsenal_core::error::OperationError;
use dashmap::DashMap;
use tokio::{sync::Notify, time::timeout_at};

use super::{
    SessionId, SessionShare, ShareEvents, TracePlan,
    context::Context,
    event::Actor,
    session::{Place, Session},
    table::Table,
};
use crate::instrument::{Flag, Home, Record, clock, records};

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
    /// `conflict` where too many run, and where its id is that of another session or of one that is over.
    pub fn start(&self, plan: TracePlan) -> Result<SessionShare, OperationError> {
        let session = {
            let mut table = self.table();
            table.sweep();
            if let Some(known) = table.find(plan.id) {
                return self.begun(known, &plan);
            }
            let (place, changed) = (Arc::clone(&self.place), Arc::clone(&self.changed));
            let session = Arc::new(Session::new(plan, place, changed));
            table.admit(&session, &self.place.node)?;
            session
        };
        // After it is among those that run: what starts now looks there by itself.
        self.mark(&session);
        self.changed.notify_one();
        Ok(session.share())
    }

    /// One that has begun already, if it is what is asked for.
    fn begun(&self, known: &Session, plan: &TracePlan) -> Result<SessionShare, OperationError> {
        let share = known.share();
        if known.plan == *plan && share.ended.is_none() {
            return Ok(share);
        }
        let (id, node) = (plan.id, &self.place.node);
        let why = if share.ended.is_some() { "is over" } else { "traces something else" };
        Err(OperationError::conflict(format!("session `{id}` of node `{node}` {why}")))
    }

    /// Ends a session before its time, if it is not over. None where this node does not have it.
    pub fn end(&self, id: SessionId) -> Option<SessionShare> {
        let mut table = self.table();
        let session = Arc::clone(table.find(id)?);
        session.stop(clock::nanos());
        table.sweep();
        Some(session.share())
    }

    /// One that runs or is kept, if this node has it.
    pub fn find(&self, id: SessionId) -> Option<SessionShare> {
        self.get(id).ok().map(|session| session.share())
    }

    /// All that are known here.
    pub fn list(&self) -> Vec<SessionShare> {
        let mut table = self.table();
        table.sweep();
        table.all().map(|session| session.share()).collect()
    }

    /// One that runs or is kept.
    pub(super) fn get(&self, id: SessionId) -> Result<Arc<Session>, OperationError> {
        let mut table = self.table();
        table.sweep();
        table.find(id).cloned().ok_or_else(|| {
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

    pub(super) fn live(&self) -> Arc<[Arc<Session>]> {
        Arc::clone(self.table().live())
    }

    /// The sessions that trace a message: those that follow its request, and those that are on its target.
    /// Where one of the latter follows what comes of it, the context says so from here on.
    pub(super) fn choose(
        &self,
        target: Option<Actor>,
        message: Option<&str>,
        context: &mut Context,
        at: u64,
    ) -> Vec<Arc<Session>> {
        let live = {
            let table = self.table();
            context.followers.retain(|id| !table.stops(id, at));
            Arc::clone(table.live())
        };
        let runs = |id| live.iter().any(|session| session.id() == id && session.is_live(at));
        let span = context.span().map_or(0, arsenal_core::telemetry::SpanId::number);
        let mut chosen = Vec::new();
        for session in live.iter().filter(|session| session.is_live(at)) {
            let is_followed = context.followers.contains(session.id());
            let is_on_target = || target.is_some_and(|target| session.covers(target));
            let plan = &session.plan;
            if is_followed || plan.wants(message) && plan.samples(span) && is_on_target() {
                if plan.follows() {
                    context.followers.insert(session.id(), runs);
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
            // One that has ended by now has not seen the mark.
            if records::get(local).is_none() {
                session.lost(local, clock::nanos());
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
            let next = self.table().sweep();
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
        self.table().clear();
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

impl Actor {
    pub(super) fn of(record: &Record) -> Self {
        Self { local: record.local, type_name: record.types.actor }
    }
}
