//! Counters where actors do what is rare: get messages from elsewhere, fail before they start, panic while
//! their state is written.

use std::{thread, time::Duration};

use ractor::{Actor, ActorProcessingErr, ActorRef, ActorStatus, message::SerializedMessage};
use schemars::JsonSchema;
use serde::{Serialize, Serializer, ser::Error as _};
use tokio::time::{sleep, timeout};

use super::{SpawnInstrumented as _, records, tests::until};

/// How long a test waits for what must come.
const SOON: Duration = Duration::from_secs(10);

#[derive(Debug, arsenal_core::ArsenalMessage)]
#[message(cluster, crate = crate)]
enum Word {
    Say,
    /// The handler waits.
    Nap,
    /// The handler keeps its thread busy for so many ms.
    Toil(u64),
}

/// What is asked of it when it starts.
#[derive(Clone, Copy, PartialEq)]
enum Start {
    Well,
    Fail,
}

struct Worker;

/// A state that cannot be written.
#[derive(arsenal_core::ArsenalState, JsonSchema)]
#[state(crate = crate)]
struct Brittle {
    is_panicking: bool,
}

impl Serialize for Brittle {
    fn serialize<S: Serializer>(&self, _: S) -> Result<S::Ok, S::Error> {
        assert!(!self.is_panicking, "asked to panic");
        Err(S::Error::custom("asked to fail"))
    }
}

impl Actor for Worker {
    type Msg = Word;
    type State = Brittle;
    type Arguments = Start;

    async fn pre_start(
        &self,
        _: ActorRef<Word>,
        start: Start,
    ) -> Result<Brittle, ActorProcessingErr> {
        if start == Start::Fail {
            return Err("asked to fail".into());
        }
        Ok(Brittle { is_panicking: true })
    }

    #[expect(clippy::disallowed_methods, reason = "to keep its thread busy is what it is for")]
    async fn handle(
        &self,
        _: ActorRef<Word>,
        word: Word,
        _: &mut Brittle,
    ) -> Result<(), ActorProcessingErr> {
        match word {
            Word::Say => {}
            Word::Nap => sleep(SOON * 100).await,
            Word::Toil(ms) => thread::sleep(Duration::from_millis(ms)),
        }
        Ok(())
    }
}

async fn worker() -> (ActorRef<Word>, std::sync::Arc<super::Record>) {
    let (worker, _) = Worker::spawn_instrumented(None, Worker, Start::Well).await.unwrap();
    let record = records::get(worker.get_id().pid()).unwrap();
    (worker, record)
}

#[tokio::test]
async fn messages_of_other_nodes_count_as_sent_when_they_are_taken() {
    let (worker, record) = worker().await;
    for _ in 0..10 {
        let variant = String::from("Say");
        let message = SerializedMessage::Cast { variant, args: Vec::new(), metadata: None };
        worker.get_cell().send_serialized(message).unwrap();
    }
    until(|| record.counts().handled == 10).await;
    worker.cast(Word::Nap).unwrap();
    for _ in 0..5 {
        worker.cast(Word::Say).unwrap();
    }
    until(|| record.counts().taken == 11).await;
    assert_eq!((record.depth(), record.counts().sent), (Some(5), Some(16)));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_actor_that_does_not_start_leaves_nothing_behind() {
    let mut spawned = Vec::new();
    for _ in 0..400 {
        let (actor, start) = Worker::spawn_instant_instrumented(None, Worker, Start::Fail).unwrap();
        spawned.push(actor.get_id().pid());
        if spawned.len() % 2 == 0 {
            actor.kill();
        }
        drop(start.await);
    }
    until(|| spawned.iter().all(|local| records::get(*local).is_none())).await;
}

#[tokio::test]
async fn one_slow_message_is_not_taken_for_all_before_it() {
    let (worker, record) = worker().await;
    for _ in 0..50 {
        worker.cast(Word::Say).unwrap();
    }
    until(|| record.counts().handled == 50).await;
    // Another tick, so that it is measured.
    sleep(Duration::from_millis(250)).await;
    worker.cast(Word::Toil(300)).unwrap();
    until(|| record.counts().handled == 51).await;
    let busy = Duration::from_nanos(record.counts().busy_nanos);
    assert!((300..450).contains(&busy.as_millis()), "{busy:?}");
    assert!(record.duration_quantile(0.5).unwrap() < Duration::from_millis(10));
    assert!(record.longest().unwrap() >= Duration::from_millis(300));
}

#[tokio::test]
async fn looking_at_a_state_that_cannot_be_written_ends_nothing() {
    let (worker, record) = worker().await;
    let (other, _) = Worker::spawn(None, Worker, Start::Well).await.unwrap();
    let asked = record.ask_state(&worker, &other).unwrap();
    let said = timeout(SOON, asked).await.unwrap().unwrap().unwrap_err().to_string();
    assert!(said.contains("asked to panic"), "{said}");
    worker.cast(Word::Say).unwrap();
    until(|| record.counts().handled == 1).await;
    assert_eq!(worker.get_status(), ActorStatus::Running);
}

#[tokio::test]
async fn whoever_asks_an_actor_that_ends_hears_of_it() {
    let (worker, record) = worker().await;
    let (other, _) = Worker::spawn(None, Worker, Start::Well).await.unwrap();
    worker.cast(Word::Nap).unwrap();
    until(|| record.counts().taken == 1).await;
    let asked = record.ask_state(&worker, &other).unwrap();
    worker.kill();
    timeout(SOON, asked).await.unwrap().unwrap_err();
    until(|| worker.get_status() == ActorStatus::Stopped).await;
    let asked = record.ask_state(&worker, &other).unwrap();
    timeout(SOON, asked).await.unwrap().unwrap_err();
}
