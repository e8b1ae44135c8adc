//! An actor that is busy on a timer.

use std::{hint::black_box, time::Duration};

use arsenal_cluster::prelude::*;
use ractor::{Actor, ActorProcessingErr, ActorRef, RpcReplyPort};
use schemars::JsonSchema;
use serde::Serialize;

/// Steps of arithmetic in one turn: about a millisecond of an optimised build. A fixed amount of
/// work, not of time, so that it ends on every clock.
const STEPS: u32 = 500_000;

/// An actor that is busy on a timer.
///
/// At each tick it works for about a millisecond.
#[blueprint]
fn ticker(
    /// The pause between two ticks.
    #[param(range(min = 1, max = 60_000), default = 100)]
    interval_ms: u32,
) -> Child {
    Child::actor(Ticker, interval_ms)
}

/// Works for a moment at each tick.
#[derive(Debug)]
struct Ticker;

/// What a ticker understands.
#[derive(ArsenalMessage, Debug)]
#[message(json, show)]
pub enum TickerMessage {
    /// Time to work. Each asks for the next, so one that somebody sent would never end.
    #[message(skip)]
    Tick,
    /// Asks how often it has worked.
    Turns(RpcReplyPort<u64>),
}

/// What a ticker has done.
#[derive(ArsenalState, Debug, JsonSchema, Serialize)]
struct Work {
    /// The pause between two ticks.
    interval_ms: u32,
    /// How often it has worked.
    turns: u64,
}

impl Work {
    fn interval(&self) -> Duration {
        Duration::from_millis(self.interval_ms.into())
    }
}

impl Actor for Ticker {
    type Msg = TickerMessage;
    type State = Work;
    type Arguments = u32;

    async fn pre_start(
        &self,
        _: ActorRef<TickerMessage>,
        interval_ms: u32,
    ) -> Result<Work, ActorProcessingErr> {
        Ok(Work { interval_ms, turns: 0 })
    }

    async fn post_start(
        &self,
        myself: ActorRef<TickerMessage>,
        work: &mut Work,
    ) -> Result<(), ActorProcessingErr> {
        myself.send_after(work.interval(), || TickerMessage::Tick);
        Ok(())
    }

    /// The next tick is asked for after the work, so that ticks never pile up.
    async fn handle(
        &self,
        myself: ActorRef<TickerMessage>,
        message: TickerMessage,
        work: &mut Work,
    ) -> Result<(), ActorProcessingErr> {
        match message {
            TickerMessage::Tick => {
                work.turns = turn(work.turns);
                myself.send_after(work.interval(), || TickerMessage::Tick);
            }
            TickerMessage::Turns(reply) if reply.is_closed() => {}
            TickerMessage::Turns(reply) => reply.send(work.turns)?,
        }
        Ok(())
    }
}

/// Spends processor time; answers with the number of the next turn.
fn turn(turns: u64) -> u64 {
    let mut value = turns;
    for step in 0..STEPS {
        value = black_box(value.rotate_left(5) ^ u64::from(step));
    }
    black_box(value);
    turns.wrapping_add(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn it_works_at_each_tick() {
        let (ticker, task) = Actor::spawn(None, Ticker, 100).await.unwrap();
        tokio::time::sleep(Duration::from_millis(1050)).await;
        assert_eq!(ractor::call!(ticker, TickerMessage::Turns).unwrap(), 10);
        ticker.stop(None);
        task.await.unwrap();
    }
}
