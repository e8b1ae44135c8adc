//! An actor that fails when it is asked to.

use std::time::Duration;

use ractor::{Actor, ActorProcessingErr, ActorRef, Message};

/// Fails on request, or some time after its start.
#[derive(Debug)]
pub(super) struct Fragile;

/// The ways to fail.
#[derive(Clone, Debug)]
pub(super) enum Failure {
    /// The handler returns an error.
    Error,
    /// The handler panics.
    Panic,
}

impl Message for Failure {}

impl Actor for Fragile {
    type Msg = Failure;
    type State = ();
    type Arguments = Option<Duration>;

    async fn pre_start(
        &self,
        myself: ActorRef<Failure>,
        fail_after: Option<Duration>,
    ) -> Result<(), ActorProcessingErr> {
        if let Some(delay) = fail_after {
            myself.send_after(delay, || Failure::Error);
        }
        Ok(())
    }

    #[expect(clippy::panic, reason = "to fail is what it is for")]
    async fn handle(
        &self,
        _: ActorRef<Failure>,
        failure: Failure,
        (): &mut (),
    ) -> Result<(), ActorProcessingErr> {
        match failure {
            Failure::Error => Err("asked to fail".into()),
            Failure::Panic => panic!("asked to panic"),
        }
    }
}

#[cfg(test)]
mod tests {
    use ractor::ActorStatus;

    use super::*;

    #[tokio::test]
    async fn it_fails_in_the_way_that_is_asked_for() {
        for failure in [Failure::Error, Failure::Panic] {
            let (fragile, task) = Actor::spawn(None, Fragile, None).await.unwrap();
            fragile.cast(failure).unwrap();
            task.await.unwrap();
            assert_eq!(fragile.get_status(), ActorStatus::Stopped);
        }
    }

    #[tokio::test(start_paused = true)]
    async fn it_fails_by_itself_after_a_while() {
        let delay = Duration::from_secs(60);
        let start = tokio::time::Instant::now();
        let (_, task) = Actor::spawn(None, Fragile, Some(delay)).await.unwrap();
        task.await.unwrap();
        assert!(start.elapsed() >= delay);
    }
}
