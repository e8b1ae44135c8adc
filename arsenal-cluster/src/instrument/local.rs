//! The twin of [`Instrumented`](super::Instrumented) for actors that stay on one thread.

use ractor::{
    ActorProcessingErr, ActorRef, SupervisionEvent, message::SerializedMessage,
    thread_local::ThreadLocalActor,
};

use super::{
    control::is_wake, failing::watched, handled::handled, history::End, instrumented::Counted,
    record::Types,
};

/// A thread-local actor with counters around it. ractor makes it by its default; see
/// [`SpawnInstrumentedLocal`](super::SpawnInstrumentedLocal).
pub struct InstrumentedLocal<A> {
    actor: A,
    counted: Counted,
}

impl<A: Default> Default for InstrumentedLocal<A> {
    fn default() -> Self {
        Self { actor: A::default(), counted: Counted::default() }
    }
}

impl<A: ThreadLocalActor<State: 'static>> ThreadLocalActor for InstrumentedLocal<A> {
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

    fn handle(
        &self,
        myself: ActorRef<A::Msg>,
        message: A::Msg,
        state: &mut A::State,
    ) -> impl Future<Output = Result<(), ActorProcessingErr>> {
        let handle = |myself, message, state| self.actor.handle(myself, message, state);
        handled(self.counted.record(), (myself, message, state), handle)
    }

    fn handle_serialized(
        &self,
        myself: ActorRef<A::Msg>,
        message: SerializedMessage,
        state: &mut A::State,
    ) -> impl Future<Output = Result<(), ActorProcessingErr>> {
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

impl<A> std::fmt::Debug for InstrumentedLocal<A> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("InstrumentedLocal").finish_non_exhaustive()
    }
}
