//! Starts and ends of processes that are traced.

use std::sync::Arc;

use super::{
    Sessions, TraceKind,
    context::current,
    event::{Actor, Happened},
    is_active,
};
use crate::instrument::{End, Flag, Record, clock};

/// An actor begins to start.
pub(crate) fn spawned(record: &Record) {
    if !is_active() {
        return;
    }
    let Some(sessions) = Sessions::of(record.home) else { return };
    let at = clock::nanos();
    let actor = Actor::of(record);
    // What a traced handler spawns and waits for starts within it.
    let current = current();
    let mut chosen: Vec<_> =
        current.as_ref().map(|current| current.sessions.clone()).unwrap_or_default();
    for session in sessions.live().iter().filter(|session| session.covers(actor)) {
        record.set(Flag::Traced, true);
        if chosen.iter().all(|one| one.id() != session.id()) {
            chosen.push(Arc::clone(session));
        }
    }
    let event = Happened {
        trace: current.as_ref().map(|current| current.context.w3c.trace_id()),
        parent: current.as_ref().and_then(|current| current.context.span()),
        ..Happened::new(TraceKind::Spawned, at, Some(actor))
    };
    for session in chosen {
        session.tell(event.clone());
    }
}

/// An actor has ended.
pub(crate) fn stopped(record: &Record, end: &End) {
    if !is_active() || !record.is(Flag::Traced) {
        return;
    }
    let Some(sessions) = Sessions::of(record.home) else { return };
    let actor = Actor::of(record);
    let error = match end {
        End::Killed => Some("it was killed".into()),
        End::Stopped | End::Failed { .. } => error_of(end),
    };
    for session in sessions.live().iter().filter(|session| session.covers(actor)) {
        let event = Happened::new(TraceKind::Stopped, clock::nanos(), Some(actor));
        session.tell(Happened { error: error.clone(), ..event });
    }
}

/// What a failure said, and where.
pub(super) fn error_of(end: &End) -> Option<Arc<str>> {
    match end {
        End::Failed { error, location: Some(location) } => {
            Some(format!("{error} ({location})").into())
        }
        End::Failed { error, location: None } => Some(error.as_str().into()),
        End::Stopped | End::Killed => None,
    }
}
