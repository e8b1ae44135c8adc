//! One session on one node.

use std::sync::{
    Arc, OnceLock,
    atomic::{AtomicBool, Ordering},
};

use arsenal_core::name::NodeName;
use tokio::sync::Notify;

use super::{
    SessionEnd, SessionId, SessionShare, TraceEvent, TraceKind, TracePlan, Traced,
    event::{Actor, Happened},
    log::Log,
};
use crate::{
    WallClock,
    instrument::{clock, short_type},
    process::{Pattern, ProcessId},
};

/// The node that a session is on.
#[derive(Debug)]
pub(crate) struct Place {
    pub(crate) node: NodeName,
    pub(crate) generation: u64,
    pub(crate) clock: WallClock,
}

/// What a session traces on one node, and what happened there.
#[derive(Debug)]
pub(crate) struct Session {
    pub(super) plan: TracePlan,
    scope: Scope,
    place: Arc<Place>,
    /// In nanoseconds, as what follows.
    began_at: u64,
    ends_at: u64,
    ended: OnceLock<(SessionEnd, u64)>,
    /// Whether somebody asked for its end, perhaps after it.
    is_stopped: AtomicBool,
    /// Whoever keeps the sessions is told of an end before its time.
    over: Arc<Notify>,
    log: Log,
}

/// The processes of this node that a session is on.
#[derive(Debug)]
enum Scope {
    Process(u64),
    Types(Pattern),
    Nothing,
}

impl Session {
    pub(super) fn new(plan: TracePlan, place: Arc<Place>, over: Arc<Notify>) -> Self {
        let scope = match &plan.on {
            Traced::Process { pid, .. }
                if pid.node == place.node && pid.generation == place.generation =>
            {
                Scope::Process(pid.local)
            }
            Traced::Process { .. } => Scope::Nothing,
            Traced::Type(pattern) => Scope::Types(Pattern::new(pattern.as_str())),
        };
        let began_at = clock::nanos();
        let ends_at = began_at.saturating_add(u64::from(plan.duration_ms) * 1_000_000);
        let log = Log::new(plan.max_events);
        let (ended, is_stopped) = (OnceLock::new(), AtomicBool::new(false));
        Self { plan, scope, place, began_at, ends_at, ended, is_stopped, over, log }
    }

    pub(super) fn id(&self) -> SessionId {
        self.plan.id
    }

    /// Whether it takes events at this moment.
    pub(super) fn is_live(&self, at: u64) -> bool {
        self.ended.get().is_none() && at < self.ends_at
    }

    /// When its time is over.
    pub(super) fn ends_at(&self) -> u64 {
        self.ends_at
    }

    /// Whether it is on a process of this node.
    pub(super) fn covers(&self, actor: Actor) -> bool {
        match &self.scope {
            Scope::Process(local) => *local == actor.local,
            Scope::Types(pattern) => pattern.matches(&short_type(actor.type_name)),
            Scope::Nothing => false,
        }
    }

    /// The one process of this node that it is on; none where it is on types.
    pub(super) fn process(&self) -> Option<u64> {
        match self.scope {
            Scope::Process(local) => Some(local),
            Scope::Types(_) | Scope::Nothing => None,
        }
    }

    pub(super) fn is_on_types(&self) -> bool {
        matches!(self.scope, Scope::Types(_))
    }

    /// Keeps an event, unless the session is over.
    pub(super) fn tell(&self, event: Happened) {
        let at = event.at;
        if self.is_live(at) && !self.log.push(event) {
            self.end(SessionEnd::Events, at);
        }
    }

    /// Ends it on request, wherever it still goes on.
    pub(super) fn stop(&self, at: u64) {
        self.is_stopped.store(true, Ordering::Relaxed);
        self.end(SessionEnd::Request, at);
    }

    /// A process has ended, and with it a session that is on it alone: nothing more can happen. What is
    /// followed goes on without the process that it began with.
    pub(super) fn lost(&self, local: u64, at: u64) {
        if self.process() == Some(local) && !self.plan.follows() {
            self.end(SessionEnd::ProcessEnded, at);
        }
    }

    /// Ends it before its time.
    fn end(&self, why: SessionEnd, at: u64) {
        if at < self.ends_at && self.ended.set((why, at)).is_ok() {
            self.log.close();
            self.over.notify_one();
        }
    }

    /// Why it is over, and since when. Whoever is told that it is over has seen all: an event that was
    /// noticed before the end and comes after this is lost.
    pub(super) fn ended(&self, now: u64) -> Option<(SessionEnd, u64)> {
        let by_time = || (now >= self.ends_at).then_some((SessionEnd::Time, self.ends_at));
        let ended = self.ended.get().copied().or_else(by_time);
        if ended.is_some() {
            self.log.close();
        }
        ended
    }

    /// When it is over, as far as is known.
    pub(super) fn over_at(&self) -> u64 {
        self.ended.get().map_or(self.ends_at, |ended| ended.1)
    }

    /// Whether what is followed goes on through this node, though it is over here: it is only full, and
    /// others may have room.
    pub(super) fn passes(&self, now: u64) -> bool {
        let is_full = matches!(self.ended.get(), Some((SessionEnd::Events, _)));
        let is_stopped = self.is_stopped.load(Ordering::Relaxed);
        is_full && !is_stopped && self.plan.follows() && now < self.ends_at
    }

    /// Its node ends: whoever follows it is done.
    pub(super) fn close(&self, now: u64) {
        self.stop(now);
        self.log.clear();
    }

    /// What happened. Cleared where the session is forgotten: a handler that still runs may hold it.
    pub(super) const fn log(&self) -> &Log {
        &self.log
    }

    /// What is known of it here.
    pub(super) fn share(&self) -> SessionShare {
        let at = |nanos| self.place.clock.at(clock::instant_of(nanos));
        let ended = self.ended(clock::nanos());
        SessionShare {
            node: self.place.node.clone(),
            plan: self.plan.clone(),
            started_at: at(self.began_at),
            ended: ended.map(|ended| ended.0),
            ended_at: ended.map(|ended| at(ended.1)),
            events: self.log.len(),
        }
    }

    /// At most so many events after a number, written out.
    pub(super) fn events_after(&self, number: u64, limit: usize) -> Vec<TraceEvent> {
        self.log.after(number, limit).into_iter().map(|one| self.written(one)).collect()
    }

    fn written(&self, (number, event): (u64, Happened)) -> TraceEvent {
        let id = |local| ProcessId {
            node: self.place.node.clone(),
            generation: self.place.generation,
            local,
        };
        let (at, at_us) = self.place.clock.micros_at(clock::instant_of(event.at));
        let type_name = |actor: Actor| short_type(actor.type_name).into_owned();
        // Of `received`, what took time was the waiting.
        let has_waited = event.kind == TraceKind::Received;
        let (waited, took) = if has_waited { (event.took, None) } else { (None, event.took) };
        TraceEvent {
            node: self.place.node.clone(),
            number,
            at,
            at_us,
            kind: event.kind,
            pid: event.process.map(|actor| id(actor.local)),
            actor_type: event.process.map(type_name),
            to: event.to.map(id),
            message: event.message.map(str::to_owned),
            trace_id: event.trace.map(|trace| trace.to_string()),
            span_id: event.span.map(|span| span.to_string()),
            parent_span_id: event.parent.map(|span| span.to_string()),
            waited_us: waited.map(micros),
            duration_us: took.map(micros),
            error: event.error.as_deref().map(str::to_owned),
            payload: event.payload.as_deref().map(str::to_owned),
        }
    }
}

fn micros(duration: std::time::Duration) -> u64 {
    u64::try_from(duration.as_micros()).unwrap_or(u64::MAX)
}
