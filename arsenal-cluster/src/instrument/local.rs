//! The twin of [`Instrumented`](super::Instrumented) for actors that stay on one thread.

use futures_util::future::Either;
use ractor::{
    ActorProcessingErr, ActorRef, SupervisionEvent, message::SerializedMessage,
    thread_local::ThreadLocalActor,
};

use super::{
    control::{Held, is_wake},
    history::End,
    instrumented::Counted,
    parcel::Arrival,
    record::{Flag, Types},
    timed::{Timed, watched},
};
use crate::trace::Handling;

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
        let arrival = Arrival::of_last::<A::Msg>();
        let record = self.counted.record();
        if record.is_plain() && arrival.context.is_none() {
            let handler = || self.actor.handle(myself, message, state);
            return Either::Left(Timed::begin(record, &arrival, handler));
        }
        Either::Right(Box::pin(self.handle_specially(arrival, myself, message, state)))
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

impl<A: ThreadLocalActor<State: 'static>> InstrumentedLocal<A> {
    /// A message that is held back, or traced.
    async fn handle_specially(
        &self,
        mut arrival: Arrival,
        myself: ActorRef<A::Msg>,
        message: A::Msg,
        state: &mut A::State,
    ) -> Result<(), ActorProcessingErr> {
        let record = self.counted.record();
        if record.is(Flag::Paused) && record.hold(state).await == Held::Dropped {
            return Ok(());
        }
        let traced = Handling::begin(record, &mut arrival);
        let handler = || Timed::new(record, &arrival, self.actor.handle(myself, message, state));
        match traced {
            Some(traced) => traced.run(handler).await,
            None => handler().await,
        }
    }
}

impl<A> std::fmt::Debug for InstrumentedLocal<A> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("InstrumentedLocal").finish_non_exhaustive()
    }
}
