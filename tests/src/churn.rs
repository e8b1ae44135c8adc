//! Actors that come and go, many in a second, and one that counts what all of them said.

use std::time::Duration;

use arsenal_cluster::{
    node::RuntimeExt as _,
    prelude::*,
    process::{ProcessId, ProcessStart},
};
use ractor::{Actor, ActorProcessingErr, ActorRef, SupervisionEvent};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;
use tokio::time::{MissedTickBehavior, interval};

/// How long one of them lives.
const LIFE: Duration = Duration::from_millis(100);

/// How often some are started.
const BEAT: Duration = Duration::from_millis(10);

/// What was done.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
pub(crate) struct Churned {
    /// The actor that was told by all.
    pub(crate) counter: ProcessId,
    /// How many were started and stopped, each of which told it once.
    pub(crate) started: u64,
    /// How many were started with a name from a blueprint below that actor, and ended by themselves.
    pub(crate) named: u64,
}

/// Lets actors come and go.
///
/// Each says one word to a counter, and is stopped after a moment. In each beat there is also one that is
/// started as `process.start` does it, with a name, under the counter: a supervisor that tells nobody.
#[operation(post, "/api/v1/test/churn/{node}", tag = "churn", target = node(node), timeout = "10m")]
pub(crate) async fn churn(
    context: NodeContext,
    /// Where.
    node: NodeName,
    /// How many in a second.
    per_second: u32,
    /// For how long.
    duration_ms: u32,
) -> Result<Churned, OperationError> {
    let runtime = context.runtime()?;
    let (counter, _) = Teller::spawn_instrumented(None, Teller, None)
        .await
        .map_err(|error| OperationError::internal().because(error.to_string()))?;
    let mut beats = interval(BEAT);
    beats.set_missed_tick_behavior(MissedTickBehavior::Burst);
    let per_beat = per_second / 100;
    let (mut started, mut named) = (0, 0);
    let counter_id = runtime.processes().id(counter.get_id().pid());
    for _ in 0..duration_ms / 10 {
        beats.tick().await;
        for _ in 0..per_beat {
            runtime.spawn(None, Child::actor(Teller, Some(counter.clone()))).await?;
            started += 1;
        }
        let request = json!({
            "node": node, "blueprint": "passing", "arguments": { "fails": named % 10 == 0 },
            "name": format!("passing {} {named}", counter_id.local), "supervisor": counter_id,
        });
        let _started: ProcessStart = context.invoke("process.start_on", &request).await?;
        named += 1;
    }
    Ok(Churned { counter: counter_id, started, named })
}

/// Says one word to another, or is told it; stops after a moment.
struct Teller;

/// A word.
#[derive(ArsenalMessage, Debug)]
#[message(json)]
enum Word {
    /// One of many.
    Said,
    /// The last one.
    Stop,
}

impl Actor for Teller {
    type Msg = Word;
    type State = Option<ActorRef<Word>>;
    type Arguments = Option<ActorRef<Word>>;

    async fn pre_start(
        &self,
        myself: ActorRef<Word>,
        told: Option<ActorRef<Word>>,
    ) -> Result<Option<ActorRef<Word>>, ActorProcessingErr> {
        if told.is_some() {
            myself.cast(Word::Said)?;
            myself.send_after(LIFE, || Word::Stop);
        }
        Ok(told)
    }

    async fn handle(
        &self,
        myself: ActorRef<Word>,
        word: Word,
        told: &mut Option<ActorRef<Word>>,
    ) -> Result<(), ActorProcessingErr> {
        match (word, told) {
            (Word::Said, Some(other)) => other.cast(Word::Said)?,
            (Word::Said, None) => {}
            (Word::Stop, _) => myself.stop(None),
        }
        Ok(())
    }

    /// Whatever ends below it, it goes on and tells nobody.
    async fn handle_supervisor_evt(
        &self,
        _: ActorRef<Word>,
        _: SupervisionEvent,
        _: &mut Option<ActorRef<Word>>,
    ) -> Result<(), ActorProcessingErr> {
        Ok(())
    }
}
