//! An actor with counters around it.

use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use ractor::{
    Actor, ActorCell, ActorProcessingErr, ActorRef, SupervisionEvent, message::SerializedMessage,
};

use super::{
    control::is_wake,
    failing::watched,
    handled::handled,
    history::{End, History},
    panics,
    record::{Flag, Record, Types},
    records,
};
use crate::trace;

/// An actor whose messages, handlers and failures are counted, and that can be paused and asked for its
/// state.
///
/// Messages, state and arguments are those of the actor itself: neither the references to it nor what
/// supervises it can tell the difference. It is made where the actor is spawned; see
/// [`SpawnInstrumented`](super::SpawnInstrumented) for the usual way.
///
/// How many messages wait, and when they were sent, is known only if their type derives
/// [`ArsenalMessage`](macro@crate::message::ArsenalMessage).
pub struct Instrumented<A> {
    actor: A,
    counted: Counted,
}

/// The record of a handler, once it has a number.
#[derive(Default)]
pub(super) struct Counted {
    record: OnceLock<Arc<Record>>,
    /// Where it was spawned, its record may be made before it starts.
    early: Option<Arc<Early>>,
    /// What it is going to be linked to.
    supervisor: Option<u64>,
    is_measured_fully: bool,
    is_protected: bool,
}

impl<A> Instrumented<A> {
    /// Puts counters around an actor that is about to be spawned.
    pub fn new(actor: A) -> Self {
        Self { actor, counted: Counted::default() }
    }

    /// Measures each handler; without this one of 64 messages, and the first in each tenth of a second.
    #[must_use]
    pub fn measured_fully(mut self) -> Self {
        self.counted.is_measured_fully = true;
        self
    }

    /// No operation may stop, kill, pause or restart it, or send it messages.
    #[must_use]
    pub fn protected(mut self) -> Self {
        self.counted.is_protected = true;
        self
    }
}

impl<A> Instrumented<A> {
    /// It will be supervised by this, which is known to nobody else before it has started.
    pub(super) fn below(mut self, supervisor: &ActorCell) -> Self {
        self.counted.supervisor = Some(supervisor.get_id().pid());
        self
    }

    /// Its record is made by this where it is spawned.
    pub(super) fn with_early(mut self, early: &Arc<Early>) -> Self {
        self.counted.early = Some(Arc::clone(early));
        self
    }
}

impl<A: Default> Default for Instrumented<A> {
    fn default() -> Self {
        Self::new(A::default())
    }
}

impl<A: Actor> Actor for Instrumented<A> {
    type Msg = A::Msg;
    type State = A::State;
    type Arguments = A::Arguments;

    async fn pre_start(
        &self,
        myself: ActorRef<A::Msg>,
        arguments: A::Arguments,
    ) -> Result<A::State, ActorProcessingErr> {
        let types = Types::of::<A, A::Msg, A::State>();
        let record = self.counted.begin(&myself, types);
        watched(record, self.actor.pre_start(myself, arguments)).await
    }

    async fn post_start(
        &self,
        myself: ActorRef<A::Msg>,
        state: &mut A::State,
    ) -> Result<(), ActorProcessingErr> {
        let record = self.counted.started(&myself);
        watched(record, self.actor.post_start(myself, state)).await
    }

    async fn post_stop(
        &self,
        myself: ActorRef<A::Msg>,
        state: &mut A::State,
    ) -> Result<(), ActorProcessingErr> {
        let record = self.counted.record();
        watched(record, self.actor.post_stop(myself, state)).await?;
        record.ends(End::Stopped);
        Ok(())
    }

    #[expect(clippy::inline_always, reason = "what is spared for each message counts")]
    #[inline(always)]
    fn handle(
        &self,
        myself: ActorRef<A::Msg>,
        message: A::Msg,
        state: &mut A::State,
    ) -> impl Future<Output = Result<(), ActorProcessingErr>> + Send {
        let handle = |myself, message, state| self.actor.handle(myself, message, state);
        handled(self.counted.record(), (myself, message, state), handle)
    }

    fn handle_serialized(
        &self,
        myself: ActorRef<A::Msg>,
        message: SerializedMessage,
        state: &mut A::State,
    ) -> impl Future<Output = Result<(), ActorProcessingErr>> + Send {
        self.actor.handle_serialized(myself, message, state)
    }

    async fn handle_supervisor_evt(
        &self,
        myself: ActorRef<A::Msg>,
        event: SupervisionEvent,
        state: &mut A::State,
    ) -> Result<(), ActorProcessingErr> {
        let record = self.counted.record();
        if is_wake(&event) {
            record.show_state(state);
            return Ok(());
        }
        watched(record, self.actor.handle_supervisor_evt(myself, event, state)).await
    }
}

impl Counted {
    /// The record of an actor that begins to start.
    pub(super) fn begin(&self, myself: &ActorCell, types: Types) -> &Record {
        panics::note_panics();
        let record = self.record.get_or_init(|| records::begin(myself.get_id().pid(), types));
        if let Some(name) = myself.get_name() {
            record.set_name(&name);
        }
        if self.supervisor.is_some() {
            record.started_under(self.supervisor, 0);
        }
        if self.is_measured_fully {
            record.set(Flag::Full, true);
        }
        if self.is_protected {
            record.protect();
        }
        trace::spawned(record);
        record
    }

    /// The actor has started, and knows what supervises it.
    pub(super) fn started(&self, myself: &ActorCell) -> &Record {
        let record = self.record();
        let supervisor = myself.try_get_supervisor().map(|cell| cell.get_id().pid());
        let restarts = History::of(record.home).started(supervisor, record.types.actor);
        record.started_under(supervisor, restarts);
        record
    }

    #[inline]
    pub(super) fn record(&self) -> &Record {
        self.record.get().expect("an actor handles nothing before it starts")
    }
}

/// The record of an actor that has a number before it starts. Where the actor ends before its record is
/// made, none is.
#[derive(Default)]
pub(super) struct Early(Mutex<Spawning>);

#[derive(Default)]
enum Spawning {
    #[default]
    Unknown,
    Recorded(u64),
    Ended,
}

impl Early {
    /// The actor has this number.
    pub(super) fn begin(&self, local: u64, types: Types) {
        let mut spawning = self.spawning();
        if matches!(*spawning, Spawning::Unknown) {
            records::begin(local, types);
            *spawning = Spawning::Recorded(local);
        }
    }

    fn end(&self) {
        let spawning = std::mem::replace(&mut *self.spawning(), Spawning::Ended);
        if let Spawning::Recorded(local) = spawning {
            records::end(local);
        }
    }

    fn spawning(&self) -> MutexGuard<'_, Spawning> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        if let Some(early) = &self.early {
            early.end();
        }
        if let Some(record) = self.record.get() {
            records::end(record.local);
            record.show_nothing();
            // Neither an end by itself nor a failure: it was killed.
            let end = record.end().unwrap_or(End::Killed);
            trace::stopped(record, &end);
            History::of(record.home).ended(record, end);
        }
    }
}

impl<A> std::fmt::Debug for Instrumented<A> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Instrumented").finish_non_exhaustive()
    }
}
