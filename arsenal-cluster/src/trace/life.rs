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
        let at = clock::nanos();
        let event = Happened::new(TraceKind::Stopped, at, Some(actor));
        session.tell(Happened { error: error.clone(), ..event });
        session.lost(actor.local, at);
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

#[cfg(test)]
mod tests {
    use futures_util::StreamExt as _;

    use super::{
        super::{
            SessionEnd,
            ground::{Ground, Parcel, porter},
        },
        *,
    };
    use crate::instrument::{records, tests::until};

    #[tokio::test(start_paused = true)]
    async fn a_session_on_one_process_ends_with_it_and_says_so() {
        let ground = Ground::new();
        let porter = porter(None).await;
        let plan = Ground::on(&porter, false);
        ground.sessions.start(plan.clone()).unwrap();
        let follow = ground.sessions.watch(plan.id, 0).unwrap();
        porter.cast(Parcel::Fail).unwrap();
        let told: Vec<_> = follow.map(|event| event.kind).collect().await;
        let expected =
            [TraceKind::Sent, TraceKind::Received, TraceKind::Failed, TraceKind::Stopped];
        assert_eq!((told, ground.ended()), (expected.to_vec(), Some(SessionEnd::ProcessEnded)));
        assert!(ground.sessions.live().is_empty(), "its place is free");
    }

    #[tokio::test]
    async fn what_is_followed_goes_on_without_the_process_that_it_began_with() {
        let ground = Ground::new();
        let porter = porter(None).await;
        ground.sessions.start(Ground::on(&porter, true)).unwrap();
        porter.kill();
        ground.told(1).await;
        assert_eq!(ground.events()[0].kind, TraceKind::Stopped);
        assert_eq!(ground.ended(), None);
    }

    #[tokio::test]
    async fn a_session_on_a_process_that_has_just_ended_is_over_at_once() {
        let ground = Ground::new();
        let porter = porter(None).await;
        porter.kill();
        until(|| records::get(porter.get_id().pid()).is_none()).await;
        let share = ground.sessions.start(Ground::on(&porter, false)).unwrap();
        assert_eq!(share.ended, Some(SessionEnd::ProcessEnded));
    }
}
