//! An actor whose handler hangs when it is asked to.

use std::time::Duration;

use arsenal_cluster::prelude::*;
use ractor::{Actor, ActorProcessingErr, ActorRef, RpcReplyPort};
use schemars::JsonSchema;
use serde::Serialize;

/// The longest that it hangs: an hour.
const HANG_MS_MAX: u32 = 3_600_000;

/// An actor whose handler hangs when it is asked to.
#[blueprint]
fn stuck(
    /// For how long it hangs right after its start; without it, only on request.
    #[param(range(min = 1, max = 3_600_000))]
    hang_ms: Option<u32>,
) -> Child {
    Child::actor(Stuck, hang_ms)
}

/// Hangs on request, or right after its start.
#[derive(Debug)]
struct Stuck;

/// What a stuck actor understands.
#[derive(ArsenalMessage, Debug)]
#[message(json, show)]
pub enum StuckMessage {
    /// The handler hangs; it takes nothing else in the meantime.
    Hang {
        /// For how long; an hour at most.
        duration_ms: u32,
    },
    /// Asks how often it has hung. While it hangs there is no answer.
    Count(RpcReplyPort<u64>),
}

/// What a stuck actor has done.
#[derive(ArsenalState, Debug, JsonSchema, Serialize)]
struct Hung {
    /// How often it has hung.
    times: u64,
}

impl Actor for Stuck {
    type Msg = StuckMessage;
    type State = Hung;
    type Arguments = Option<u32>;

    async fn pre_start(
        &self,
        myself: ActorRef<StuckMessage>,
        hang_ms: Option<u32>,
    ) -> Result<Hung, ActorProcessingErr> {
        if let Some(duration_ms) = hang_ms {
            myself.cast(StuckMessage::Hang { duration_ms })?;
        }
        Ok(Hung { times: 0 })
    }

    async fn handle(
        &self,
        _: ActorRef<StuckMessage>,
        message: StuckMessage,
        Hung { times }: &mut Hung,
    ) -> Result<(), ActorProcessingErr> {
        match message {
            StuckMessage::Hang { duration_ms } => {
                let duration = Duration::from_millis(duration_ms.min(HANG_MS_MAX).into());
                tokio::time::sleep(duration).await;
                *times += 1;
            }
            StuckMessage::Count(reply) if reply.is_closed() => {}
            StuckMessage::Count(reply) => reply.send(*times)?,
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use tokio::time::Instant;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn it_answers_when_it_no_longer_hangs() {
        let start = Instant::now();
        let (stuck, task) = Actor::spawn(None, Stuck, Some(1_000)).await.unwrap();
        assert_eq!(ractor::call!(stuck, StuckMessage::Count).unwrap(), 1);
        assert!(start.elapsed() >= Duration::from_secs(1));
        stuck.cast(StuckMessage::Hang { duration_ms: u32::MAX }).unwrap();
        assert_eq!(ractor::call!(stuck, StuckMessage::Count).unwrap(), 2);
        let most = Duration::from_millis(HANG_MS_MAX.into()) + Duration::from_secs(2);
        assert!(start.elapsed() < most);
        stuck.stop(None);
        task.await.unwrap();
    }
}
