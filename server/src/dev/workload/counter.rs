//! An actor that counts.

use arsenal_cluster::prelude::*;
use ractor::{Actor, ActorProcessingErr, ActorRef, RpcReplyPort};
use schemars::JsonSchema;
use serde::Serialize;

/// An actor that counts.
#[blueprint]
fn counter(
    /// Where it starts to count.
    #[param(default = 0)]
    start: i64,
) -> Child {
    Child::actor(Counter, start)
}

/// Holds a number.
#[derive(Debug)]
struct Counter;

/// What a counter understands.
#[derive(ArsenalMessage, Debug)]
#[message(json, show)]
pub enum CounterMessage {
    /// Adds to the number; it stays at the ends of its range.
    Add(i64),
    /// Asks for the number.
    Get(RpcReplyPort<i64>),
}

/// What a counter holds.
#[derive(ArsenalState, Debug, JsonSchema, Serialize)]
struct Count {
    /// The number.
    count: i64,
}

impl Actor for Counter {
    type Msg = CounterMessage;
    type State = Count;
    type Arguments = i64;

    async fn pre_start(
        &self,
        _: ActorRef<CounterMessage>,
        start: i64,
    ) -> Result<Count, ActorProcessingErr> {
        Ok(Count { count: start })
    }

    async fn handle(
        &self,
        _: ActorRef<CounterMessage>,
        message: CounterMessage,
        Count { count }: &mut Count,
    ) -> Result<(), ActorProcessingErr> {
        match message {
            CounterMessage::Add(step) => *count = count.saturating_add(step),
            CounterMessage::Get(reply) if reply.is_closed() => {}
            CounterMessage::Get(reply) => reply.send(*count)?,
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn it_counts_from_its_start() {
        let (counter, task) = Actor::spawn(None, Counter, 40).await.unwrap();
        counter.cast(CounterMessage::Add(1)).unwrap();
        counter.cast(CounterMessage::Add(1)).unwrap();
        assert_eq!(ractor::call!(counter, CounterMessage::Get).unwrap(), 42);
        counter.stop(None);
        task.await.unwrap();
    }
}
