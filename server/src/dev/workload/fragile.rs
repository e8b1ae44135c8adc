//! An actor that fails when it is asked to.

use std::time::Duration;

use arsenal_cluster::prelude::*;
use ractor::{Actor, ActorProcessingErr, ActorRef};

/// An actor that fails when it is asked to.
#[blueprint]
fn fragile(
    /// When it fails by itself, counted from its start; without it, only on request.
    #[param(range(min = 1, max = 86_400_000))]
    fail_after_ms: Option<u32>,
) -> Child {
    Child::actor(Fragile, fail_after_ms.map(|delay| Duration::from_millis(delay.into())))
}

/// Fails on request, or some time after its start.
#[derive(Debug)]
struct Fragile;

/// The ways to fail.
#[derive(ArsenalMessage, Clone, Debug)]
#[message(json, show)]
pub enum FragileMessage {
    /// The handler returns an error.
    Error,
    /// The handler panics.
    Panic,
}

impl Actor for Fragile {
    type Msg = FragileMessage;
    type State = ();
    type Arguments = Option<Duration>;

    async fn pre_start(
        &self,
        myself: ActorRef<FragileMessage>,
        fail_after: Option<Duration>,
    ) -> Result<(), ActorProcessingErr> {
        if let Some(delay) = fail_after {
            myself.send_after(delay, || FragileMessage::Error);
        }
        Ok(())
    }

    #[expect(clippy::panic, reason = "to fail is what it is for")]
    async fn handle(
        &self,
        _: ActorRef<FragileMessage>,
        failure: FragileMessage,
        (): &mut (),
    ) -> Result<(), ActorProcessingErr> {
        match failure {
            FragileMessage::Error => Err("asked to fail".into()),
            FragileMessage::Panic => panic!("asked to panic"),
        }
    }
}

#[cfg(test)]
mod tests {
    use ractor::ActorStatus;

    use super::*;

    #[tokio::test]
    async fn it_fails_in_the_way_that_is_asked_for() {
        for failure in [FragileMessage::Error, FragileMessage::Panic] {
            let (fragile, task) = Actor::spawn(None, Fragile, None).await.unwrap();
            fragile.cast(failure).unwrap();
            task.await.unwrap();
            assert_eq!(fragile.get_status(), ActorStatus::Stopped);
        }
    }

    #[tokio::test(start_paused = true)]
    async fn it_fails_by_itself_after_a_while() {
        let delay = Duration::from_mins(1);
        let start = tokio::time::Instant::now();
        let (_, task) = Actor::spawn(None, Fragile, Some(delay)).await.unwrap();
        task.await.unwrap();
        assert!(start.elapsed() >= delay);
    }
}
