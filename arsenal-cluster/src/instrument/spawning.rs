//! Spawning instrumented actors with one more word.

use std::sync::Arc;

use ractor::{
    Actor, ActorCell, ActorRef, ActorRuntime, SpawnErr,
    concurrency::JoinHandle,
    thread_local::{ThreadLocalActor, ThreadLocalActorSpawner},
};

use super::{Instrumented, InstrumentedLocal, instrumented::Early, record::Types};

/// What ractor gives for an actor that has started.
pub type Spawned<M> = (ActorRef<M>, JoinHandle<()>);

/// What ractor gives for an actor that will start.
pub type SpawnedInstantly<M> = (ActorRef<M>, JoinHandle<Result<JoinHandle<()>, SpawnErr>>);

/// The ways of [`Actor`] to spawn, with counters around the actor.
pub trait SpawnInstrumented: Actor {
    /// As [`Actor::spawn`].
    fn spawn_instrumented(
        name: Option<String>,
        handler: Self,
        arguments: Self::Arguments,
    ) -> impl Future<Output = Result<Spawned<Self::Msg>, SpawnErr>> + Send {
        <Instrumented<Self> as Actor>::spawn(name, Instrumented::new(handler), arguments)
    }

    /// As [`Actor::spawn_linked`].
    fn spawn_linked_instrumented(
        name: Option<String>,
        handler: Self,
        arguments: Self::Arguments,
        supervisor: ActorCell,
    ) -> impl Future<Output = Result<Spawned<Self::Msg>, SpawnErr>> + Send {
        let handler = Instrumented::new(handler).below(&supervisor);
        <Instrumented<Self> as Actor>::spawn_linked(name, handler, arguments, supervisor)
    }

    /// As [`ActorRuntime::spawn_instant`]. What is sent to it before it starts is counted, too.
    fn spawn_instant_instrumented(
        name: Option<String>,
        handler: Self,
        arguments: Self::Arguments,
    ) -> Result<SpawnedInstantly<Self::Msg>, SpawnErr> {
        let early = Arc::<Early>::default();
        let handler = Instrumented::new(handler).with_early(&early);
        let spawned = ActorRuntime::spawn_instant(name, handler, arguments)?;
        let types = Types::of::<Self, Self::Msg, Self::State>();
        early.begin(spawned.0.get_id().pid(), types);
        Ok(spawned)
    }
}

impl<A: Actor> SpawnInstrumented for A {}

/// The ways of [`ThreadLocalActor`] to spawn, with counters around the actor.
pub trait SpawnInstrumentedLocal: ThreadLocalActor<State: 'static> {
    /// As [`ThreadLocalActor::spawn`].
    fn spawn_local_instrumented(
        name: Option<String>,
        arguments: Self::Arguments,
        spawner: ThreadLocalActorSpawner,
    ) -> impl Future<Output = Result<Spawned<Self::Msg>, SpawnErr>> {
        InstrumentedLocal::<Self>::spawn(name, arguments, spawner)
    }

    /// As [`ThreadLocalActor::spawn_linked`].
    fn spawn_local_linked_instrumented(
        name: Option<String>,
        arguments: Self::Arguments,
        supervisor: ActorCell,
        spawner: ThreadLocalActorSpawner,
    ) -> impl Future<Output = Result<Spawned<Self::Msg>, SpawnErr>> {
        InstrumentedLocal::<Self>::spawn_linked(name, arguments, supervisor, spawner)
    }
}

impl<A: ThreadLocalActor<State: 'static>> SpawnInstrumentedLocal for A {}
