//! What can be asked of an instrumented actor while it runs: to pause, and to show its state.
//!
//! Both are answered by the actor's own task, where its state is.

use std::{
    any::Any,
    collections::VecDeque,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use ractor::{ActorCell, ActorStatus, SupervisionEvent, pg::GroupChangeMessage};
use serde_json::value::RawValue;
use tokio::{
    sync::{Notify, oneshot},
    time::{Instant, timeout_at},
};

use super::{
    panics,
    record::{Flag, Record},
};
use crate::message::{EncodeError, StateError};

/// Requests that wait for one actor.
const REQUESTS_MAX: usize = 64;

/// The scope of the event that wakes an actor; no group of a program is called so.
const WAKING_SCOPE: &str = "__arsenal";

/// Actors are woken one at a time: each notification goes to all that watch `via` just then.
static WAKING: Mutex<()> = Mutex::new(());

/// The state of an actor as JSON, or why it cannot be written.
pub(crate) type ShownState = Result<Box<RawValue>, StateError>;

/// What waits for an actor.
#[derive(Debug, Default)]
pub(crate) struct Control {
    asked: Mutex<Asked>,
    changed: Notify,
}

#[derive(Debug, Default)]
struct Asked {
    /// Until when messages are held back.
    paused_until: Option<Instant>,
    /// A stop that must not wait for the end of a pause: what is held back is not handled any more.
    is_stopping: bool,
    states: VecDeque<oneshot::Sender<ShownState>>,
}

/// What becomes of a message that was held back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Held {
    /// It is handled now.
    Released,
    /// The actor stops, and it is lost with the rest of the mailbox.
    Dropped,
}

impl Record {
    /// Holds back messages from the next one on, for at most this long; answers until when. Another pause
    /// takes its place.
    pub(crate) fn pause(&self, time: Duration) -> Instant {
        let control = self.control();
        let until = Instant::now() + time;
        let mut asked = control.asked();
        asked.paused_until = Some(until);
        self.set(Flag::Paused, true);
        drop(asked);
        control.changed.notify_waiters();
        until
    }

    /// Lets messages through. Says whether they were held back.
    pub(crate) fn resume(&self) -> bool {
        let control = self.control();
        let mut asked = control.asked();
        let until = asked.paused_until.take();
        self.set(Flag::Paused, false);
        drop(asked);
        control.changed.notify_waiters();
        until.is_some_and(|until| until > Instant::now())
    }

    /// Until when it is paused.
    pub(crate) fn paused_until(&self) -> Option<Instant> {
        if !self.is(Flag::Paused) {
            return None;
        }
        let until = self.control().asked().paused_until;
        until.filter(|until| *until > Instant::now())
    }

    /// It is about to be stopped: what it holds back is lost.
    pub(crate) fn stops(&self) {
        if self.is(Flag::Paused) {
            let control = self.control();
            control.asked().is_stopping = true;
            control.changed.notify_waiters();
        }
    }

    /// Asks for its state. `via` is any other actor that lives, see [`wake`]. None where too many ask.
    pub(crate) fn ask_state(
        &self,
        actor: &ActorCell,
        via: &ActorCell,
    ) -> Option<oneshot::Receiver<ShownState>> {
        let control = self.control();
        let (answer, answered) = oneshot::channel();
        {
            let mut asked = control.asked();
            asked.states.retain(|waiting| !waiting.is_closed());
            if asked.states.len() >= REQUESTS_MAX {
                return None;
            }
            asked.states.push_back(answer);
        }
        if actor.get_status() >= ActorStatus::Stopping {
            // Its task may have looked for the last time.
            self.show_nothing();
        }
        control.changed.notify_waiters();
        wake(actor, via);
        Some(answered)
    }

    /// The actor has ended: whoever waits for its state hears of it.
    pub(crate) fn show_nothing(&self) {
        if let Some(control) = self.control_if_any() {
            control.asked().states.clear();
        }
    }

    /// Shows the state to all that have asked for it; called by the actor's task.
    pub(crate) fn show_state(&self, state: &dyn Any) {
        let asked = std::mem::take(&mut self.control().asked().states);
        if asked.is_empty() {
            return;
        }
        let shown = self.encoded(state);
        for answer in asked {
            // Whoever asked may have gone.
            let _gone = answer.send(shown.clone());
        }
    }

    /// The state as JSON. What its type does to write it must not end the actor.
    fn encoded(&self, state: &dyn Any) -> ShownState {
        let Some(spec) = self.types.state_spec else { return Err(StateError::OtherType) };
        let encode = AssertUnwindSafe(|| (spec.to_json)(state));
        catch_unwind(encode).unwrap_or_else(|_panic| {
            let said = panics::last().message;
            Err(StateError::Unencodable(EncodeError::Failed(format!("panicked: {said}"))))
        })
    }

    /// Waits until the pause is over; shows the state meanwhile.
    pub(crate) async fn hold<S: 'static>(&self, state: &mut S) -> Held {
        let control = self.control();
        loop {
            let mut changed = std::pin::pin!(control.changed.notified());
            // Before looking, so that nothing that happens in between is missed.
            changed.as_mut().enable();
            self.show_state(state);
            let until = {
                let asked = control.asked();
                if asked.is_stopping {
                    return Held::Dropped;
                }
                match asked.paused_until {
                    Some(until) => until,
                    None => return Held::Released,
                }
            };
            if timeout_at(until, changed).await.is_err() {
                self.over(until);
            }
        }
    }

    /// The time of a pause is up, unless it was made longer.
    fn over(&self, until: Instant) {
        let mut asked = self.control().asked();
        if asked.paused_until.is_some_and(|now| now <= until) {
            asked.paused_until = None;
            self.set(Flag::Paused, false);
        }
    }
}

impl Control {
    fn asked(&self) -> MutexGuard<'_, Asked> {
        self.asked.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Lets the task of an instrumented actor look at what it was asked, without a message of its type: by
/// an event that it gets as if it watched `via`.
///
/// Never to be done to an actor that is not instrumented: it would see a strange event.
fn wake(actor: &ActorCell, via: &ActorCell) {
    let event = GroupChangeMessage::Join(WAKING_SCOPE.to_owned(), String::new(), Vec::new());
    let waking = WAKING.lock().unwrap_or_else(PoisonError::into_inner);
    actor.monitor(via.clone());
    via.notify_supervisor(SupervisionEvent::ProcessGroupChanged(event));
    actor.unmonitor(via.clone());
    drop(waking);
}

/// Whether an event is one of [`wake`].
pub(crate) fn is_wake(event: &SupervisionEvent) -> bool {
    match event {
        SupervisionEvent::ProcessGroupChanged(GroupChangeMessage::Join(scope, _, _)) => {
            scope == WAKING_SCOPE
        }
        SupervisionEvent::ProcessGroupChanged(GroupChangeMessage::Leave(..))
        | SupervisionEvent::ActorStarted(_)
        | SupervisionEvent::ActorTerminated(..)
        | SupervisionEvent::ActorFailed(..)
        | SupervisionEvent::PidLifecycleEvent(_) => false,
    }
}
