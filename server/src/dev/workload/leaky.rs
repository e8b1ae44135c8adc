//! An actor whose mailbox grows.

use std::{sync::Arc, time::Duration};

use arsenal_cluster::prelude::*;
use ractor::{Actor, ActorProcessingErr, ActorRef, concurrency};
use schemars::JsonSchema;
use serde::Serialize;
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    time::MissedTickBehavior,
};

/// Messages that wait at most, so that a demo that is left running costs a few megabytes.
const WAITING_MAX: usize = 10_000;

/// An actor whose mailbox grows.
///
/// More work comes in than it can do, until 10,000 messages wait.
#[blueprint]
fn leaky(
    /// Messages that it gets in a second.
    #[param(range(min = 1, max = 1_000), default = 50)]
    per_second: u32,
    /// How long it takes for each.
    #[param(range(min = 1, max = 60_000), default = 100)]
    handling_ms: u32,
) -> Child {
    Child::actor(Leaky { per_second, handling_ms }, ())
}

/// Gets more work than it can do.
#[derive(Debug)]
struct Leaky {
    per_second: u32,
    handling_ms: u32,
}

/// What a leaky actor understands. It is not offered as JSON: whatever is sent waits behind the rest.
#[derive(ArsenalMessage, Debug)]
#[message(show)]
enum LeakyMessage {
    /// A piece of work, with its place among those that may wait.
    Work(OwnedSemaphorePermit),
}

/// What a leaky actor has done.
#[derive(ArsenalState, Debug, JsonSchema, Serialize)]
struct Done {
    /// Pieces of work.
    done: u64,
}

impl Actor for Leaky {
    type Msg = LeakyMessage;
    type State = Done;
    type Arguments = ();

    async fn pre_start(
        &self,
        myself: ActorRef<LeakyMessage>,
        (): (),
    ) -> Result<Done, ActorProcessingErr> {
        let period = Duration::from_secs(1) / self.per_second;
        concurrency::spawn(feed(myself, period));
        Ok(Done { done: 0 })
    }

    async fn handle(
        &self,
        _: ActorRef<LeakyMessage>,
        LeakyMessage::Work(place): LeakyMessage,
        Done { done }: &mut Done,
    ) -> Result<(), ActorProcessingErr> {
        tokio::time::sleep(Duration::from_millis(self.handling_ms.into())).await;
        drop(place);
        *done += 1;
        Ok(())
    }
}

/// Sends work until the actor ends: with it goes all that waits, and with that the places.
async fn feed(actor: ActorRef<LeakyMessage>, period: Duration) {
    let places = Arc::new(Semaphore::new(WAITING_MAX));
    let mut beat = tokio::time::interval(period);
    beat.set_missed_tick_behavior(MissedTickBehavior::Delay);
    while let Ok(place) = Arc::clone(&places).acquire_owned().await {
        beat.tick().await;
        if actor.cast(LeakyMessage::Work(place)).is_err() {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn less_is_done_than_comes_in() {
        let leaky = Leaky { per_second: 10, handling_ms: 1_000 };
        let (leaky, task) = Actor::spawn(None, leaky, ()).await.unwrap();
        tokio::time::sleep(Duration::from_millis(10_050)).await;
        // All that came in and was not done: nothing more comes, and the rest is worked off.
        let start = tokio::time::Instant::now();
        leaky.drain().unwrap();
        task.await.unwrap();
        assert!(start.elapsed() > Duration::from_secs(80), "{:?}", start.elapsed());
    }

    #[tokio::test(start_paused = true)]
    async fn no_more_wait_than_may() {
        let (actor, task) =
            Actor::spawn(None, Leaky { per_second: 1_000, handling_ms: 60_000 }, ()).await.unwrap();
        tokio::time::sleep(Duration::from_secs(30)).await;
        let start = tokio::time::Instant::now();
        actor.drain().unwrap();
        task.await.unwrap();
        let worked_off = start.elapsed().as_secs() / 60;
        assert_eq!(worked_off, WAITING_MAX as u64 - 1, "the first was half done");
    }
}
