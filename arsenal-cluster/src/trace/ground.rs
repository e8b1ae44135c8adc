//! Actors and a node of their own, for tests.

use std::{sync::Arc, time::Duration};

use ractor::{
    Actor, ActorId, ActorProcessingErr, ActorRef, Message,
    message::{BoxedDowncastErr, BoxedMessage},
};
use tokio::time::sleep;

use super::{
    samples::{of_type, plan},
    *,
};
use crate::{
    WallClock,
    instrument::{Home, SpawnInstrumented as _, tests::until},
    message::ArsenalMessage,
    process::ProcessId,
};

#[derive(Debug)]
pub(super) enum Parcel {
    /// Hands on to whoever is next.
    Pass(u32),
    Wait(Duration),
    Fail,
    Panic,
}

impl Message for Parcel {
    fn box_message(self, to: &ActorId) -> Result<BoxedMessage, BoxedDowncastErr> {
        crate::instrument::box_message(self, to)
    }
    fn from_boxed(boxed: BoxedMessage) -> Result<Self, BoxedDowncastErr> {
        crate::instrument::from_boxed(boxed)
    }
}

impl ArsenalMessage for Parcel {
    const VARIANTS: &'static [&'static str] = &["pass", "wait", "fail", "panic"];
    fn variant(&self) -> u16 {
        match self {
            Self::Pass(_) => 0,
            Self::Wait(_) => 1,
            Self::Fail => 2,
            Self::Panic => 3,
        }
    }
    fn show(&self) -> Option<&dyn std::fmt::Debug> {
        Some(self)
    }
}

pub(super) struct Porter;

impl Actor for Porter {
    type Msg = Parcel;
    type State = Option<ActorRef<Parcel>>;
    type Arguments = Option<ActorRef<Parcel>>;

    async fn pre_start(
        &self,
        _: ActorRef<Parcel>,
        next: Self::Arguments,
    ) -> Result<Self::State, ActorProcessingErr> {
        Ok(next)
    }

    async fn handle(
        &self,
        _: ActorRef<Parcel>,
        parcel: Parcel,
        next: &mut Self::State,
    ) -> Result<(), ActorProcessingErr> {
        match (parcel, next) {
            (Parcel::Pass(weight), Some(next)) => {
                tokio::task::yield_now().await;
                next.cast(Parcel::Pass(weight))?;
            }
            (Parcel::Pass(_), None) => {}
            (Parcel::Wait(time), _) => sleep(time).await,
            (Parcel::Fail, _) => return Err("asked to fail".into()),
            (Parcel::Panic, _) => panic!("asked to panic"),
        }
        Ok(())
    }
}

/// A node of its own, whose actors are at home where the test is.
pub(super) struct Ground {
    pub(super) sessions: Arc<Sessions>,
    _at_home: crate::instrument::AtHome,
}

impl Ground {
    pub(super) fn new() -> Self {
        let at_home = Home::simulated().enter();
        let clock = WallClock::set(std::time::UNIX_EPOCH);
        let sessions = Sessions::new(Place { node: "a".parse().unwrap(), generation: 1, clock });
        Self { sessions, _at_home: at_home }
    }

    pub(super) fn on(actor: &ActorRef<Parcel>, follow: bool) -> TracePlan {
        let local = actor.get_id().pid();
        let pid = ProcessId { node: "a".parse().unwrap(), generation: 1, local };
        plan(Traced::Process { pid, follow })
    }

    pub(super) fn events(&self) -> Vec<TraceEvent> {
        self.sessions.events(plan(of_type("Any")).id, 0, 100_000).unwrap().events
    }

    pub(super) fn ended(&self) -> Option<SessionEnd> {
        self.sessions.list().first()?.ended
    }

    /// What happened to whom, once there are so many events.
    pub(super) async fn told(&self, count: usize) -> Vec<String> {
        until(|| self.events().len() >= count).await;
        let text = |event: TraceEvent| {
            let local = event.pid.map_or(String::new(), |pid| format!(" {}", pid.local));
            format!("{:?}{local} {}", event.kind, event.message.unwrap_or_default())
        };
        self.events().into_iter().map(text).collect()
    }
}

pub(super) async fn porter(next: Option<&ActorRef<Parcel>>) -> ActorRef<Parcel> {
    Porter::spawn_instrumented(None, Porter, next.cloned()).await.unwrap().0
}
