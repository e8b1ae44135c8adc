//! What the counters say of actors that do one thing each.

use std::{cell::Cell, rc::Rc, time::Duration};

use ractor::{
    Actor, ActorCell, ActorId, ActorProcessingErr, ActorRef, ActorStatus, Message,
    message::{BoxedDowncastErr, BoxedMessage},
    thread_local::{ThreadLocalActor, ThreadLocalActorSpawner},
};
use tokio::time::{Instant, advance, sleep, timeout};

use super::{
    SpawnInstrumented as _, SpawnInstrumentedLocal as _, clock,
    history::{End, History},
    home::Home,
    record::{Flag, Record},
    records,
};
use crate::message::ArsenalMessage;

/// How long a test waits for what must come.
const SOON: Duration = Duration::from_secs(10);

#[derive(Debug)]
enum Order {
    Add,
    Wait(Duration),
    Fail,
    Panic,
}

impl Message for Order {
    fn box_message(self, to: &ActorId) -> Result<BoxedMessage, BoxedDowncastErr> {
        super::box_message(self, to)
    }
    fn from_boxed(boxed: BoxedMessage) -> Result<Self, BoxedDowncastErr> {
        super::from_boxed(boxed)
    }
}

impl ArsenalMessage for Order {
    const VARIANTS: &'static [&'static str] = &["add", "wait", "fail", "panic"];
    fn variant(&self) -> u16 {
        match self {
            Self::Add => 0,
            Self::Wait(_) => 1,
            Self::Fail => 2,
            Self::Panic => 3,
        }
    }
}

struct Worker;

impl Actor for Worker {
    type Msg = Order;
    type State = u64;
    type Arguments = ();

    async fn pre_start(&self, _: ActorRef<Order>, (): ()) -> Result<u64, ActorProcessingErr> {
        Ok(0)
    }

    async fn handle(
        &self,
        _: ActorRef<Order>,
        order: Order,
        count: &mut u64,
    ) -> Result<(), ActorProcessingErr> {
        match order {
            Order::Add => *count += 1,
            Order::Wait(time) => sleep(time).await,
            Order::Fail => return Err("asked to fail".into()),
            Order::Panic => panic!("asked to panic"),
        }
        Ok(())
    }
}

async fn worker() -> (ActorRef<Order>, std::sync::Arc<Record>) {
    let (worker, _) = Worker::spawn_instrumented(None, Worker, ()).await.unwrap();
    let record = records::get(worker.get_id().pid()).unwrap();
    (worker, record)
}

pub(crate) async fn until(what: impl Fn() -> bool) {
    let reached = async {
        while !what() {
            sleep(Duration::from_millis(1)).await;
        }
    };
    timeout(SOON, reached).await.unwrap();
}

async fn gone(actor: &ActorCell) {
    let local = actor.get_id().pid();
    until(|| actor.get_status() == ActorStatus::Stopped && records::get(local).is_none()).await;
}

#[tokio::test]
async fn messages_are_counted_where_they_are_sent_and_where_they_are_handled() {
    let (worker, record) = worker().await;
    worker.cast(Order::Wait(Duration::from_mins(1))).unwrap();
    until(|| record.counts().taken == 1).await;
    for _ in 0..5 {
        worker.cast(Order::Add).unwrap();
    }
    let counts = record.counts();
    assert_eq!((counts.sent, counts.taken, counts.handled), (Some(6), 1, 0));
    assert_eq!(record.depth(), Some(5));
    worker.kill();
    gone(&worker).await;
    assert_eq!(record.end(), None);
    assert_eq!(History::of(Home::REAL).end_of(record.local).unwrap().end, End::Killed);
}

#[tokio::test(start_paused = true)]
async fn a_handler_that_waits_is_known_with_its_time() {
    let home = Home::simulated();
    let _at_home = home.enter();
    let (worker, record) = worker().await;
    worker.cast(Order::Wait(Duration::from_mins(1))).unwrap();
    worker.cast(Order::Add).unwrap();
    until(|| record.counts().taken == 1).await;
    tokio::task::yield_now().await;
    advance(Duration::from_secs(5)).await;
    let handling = record.handling(clock::nanos()).unwrap();
    assert!(handling.waits && handling.duration >= Duration::from_secs(5), "{handling:?}");
    let oldest = record.oldest(clock::nanos()).unwrap();
    assert!((4900..=5100).contains(&oldest.as_millis()), "{oldest:?}");
    sleep(Duration::from_mins(1)).await;
    assert_eq!((record.handling(clock::nanos()), record.depth()), (None, Some(0)));
    assert_eq!(record.oldest(clock::nanos()), None);
    assert!(record.longest().unwrap() >= Duration::from_mins(1));
}

#[tokio::test]
async fn why_an_actor_failed_is_known() {
    for (order, error) in
        [(Order::Fail, "asked to fail"), (Order::Panic, "panicked: asked to panic")]
    {
        let (worker, record) = worker().await;
        let is_panic = matches!(order, Order::Panic);
        worker.cast(order).unwrap();
        gone(&worker).await;
        let ended = History::of(Home::REAL).end_of(record.local).unwrap();
        let End::Failed { error: said, location } = ended.end else { panic!("{ended:?}") };
        assert_eq!(said, error);
        assert_eq!(location.is_some_and(|place| place.contains("instrument/tests.rs")), is_panic);
    }
}

#[tokio::test]
async fn what_takes_the_place_of_a_failed_child_is_a_restart() {
    let (supervisor, _) = Idle::spawn_instrumented(None, Idle, ()).await.unwrap();
    let spawn = || async {
        let above = supervisor.get_cell();
        Worker::spawn_linked_instrumented(None, Worker, (), above).await.unwrap().0
    };
    let (first, second) = (spawn().await, spawn().await);
    let runs = |actor: &ActorRef<Order>| actor.get_status() == ActorStatus::Running;
    let restarts = |actor: &ActorRef<Order>| records::get(actor.get_id().pid()).unwrap().restarts();
    until(|| runs(&first) && runs(&second)).await;
    assert_eq!((restarts(&first), restarts(&second)), (0, 0));
    let mut last = first;
    for times in 1..=3 {
        last.cast(Order::Fail).unwrap();
        gone(&last).await;
        last = spawn().await;
        until(|| restarts(&last) == times).await;
    }
    let extra = spawn().await;
    until(|| runs(&extra)).await;
    assert_eq!((restarts(&second), restarts(&extra)), (0, 0), "nothing failed before them");
    let local = supervisor.get_id().pid();
    assert_eq!(History::of(Home::REAL).failed_below(local), 3);
    supervisor.stop(None);
    gone(&supervisor).await;
    assert_eq!(History::of(Home::REAL).failed_below(local), 0);
}

#[tokio::test]
async fn a_paused_actor_takes_no_message_and_loses_none() {
    let (worker, record) = worker().await;
    record.pause(SOON);
    for _ in 0..3 {
        worker.cast(Order::Add).unwrap();
    }
    assert!(record.paused_until().is_some());
    assert_eq!((record.depth(), record.counts().handled), (Some(3), 0));
    assert!(record.resume());
    until(|| record.counts().handled == 3).await;
    assert!(!record.resume() && record.paused_until().is_none());
}

#[tokio::test(start_paused = true)]
async fn a_pause_ends_by_itself() {
    let (worker, record) = worker().await;
    let begun = Instant::now();
    record.pause(Duration::from_secs(5));
    worker.cast(Order::Add).unwrap();
    until(|| record.counts().handled == 1).await;
    assert!(begun.elapsed() >= Duration::from_secs(5));
    assert!(!record.is(Flag::Paused));
}

#[tokio::test]
async fn a_stop_does_not_wait_for_the_end_of_a_pause() {
    let (worker, record) = worker().await;
    record.pause(SOON * 100);
    worker.cast(Order::Add).unwrap();
    record.stops();
    worker.stop(None);
    gone(&worker).await;
    assert_eq!(record.counts().handled, 0);
    assert_eq!(record.end(), Some(End::Stopped));
}

#[tokio::test]
async fn state_is_asked_of_idle_and_of_paused_actors_and_refused_without_the_derive() {
    let (worker, record) = worker().await;
    let (other, _) = Idle::spawn(None, Idle, ()).await.unwrap();
    let ask = || record.ask_state(&worker, &other).unwrap();
    assert!(timeout(SOON, ask()).await.unwrap().unwrap().is_err());
    record.pause(SOON);
    worker.cast(Order::Add).unwrap();
    assert!(timeout(SOON, ask()).await.unwrap().unwrap().is_err());
    assert_eq!(record.counts().handled, 0);
}

/// Its state never leaves its thread.
#[derive(Default)]
struct Pinned;

impl ThreadLocalActor for Pinned {
    type Msg = Order;
    type State = Rc<Cell<u64>>;
    type Arguments = ();

    async fn pre_start(
        &self,
        _: ActorRef<Order>,
        (): (),
    ) -> Result<Rc<Cell<u64>>, ActorProcessingErr> {
        Ok(Rc::default())
    }

    async fn handle(
        &self,
        _: ActorRef<Order>,
        _: Order,
        count: &mut Rc<Cell<u64>>,
    ) -> Result<(), ActorProcessingErr> {
        count.set(count.get() + 1);
        Ok(())
    }
}

#[tokio::test]
async fn actors_that_stay_on_a_thread_are_counted_and_paused_alike() {
    let spawner = ThreadLocalActorSpawner::new();
    let (pinned, _) = Pinned::spawn_local_instrumented(None, (), spawner).await.unwrap();
    let record = records::get(pinned.get_id().pid()).unwrap();
    pinned.cast(Order::Add).unwrap();
    until(|| record.counts().handled == 1).await;
    record.pause(SOON);
    pinned.cast(Order::Add).unwrap();
    assert_eq!((record.depth(), record.counts().handled), (Some(1), 1));
    record.resume();
    until(|| record.counts().handled == 2).await;
    pinned.stop(None);
    gone(&pinned).await;
    assert_eq!(record.end(), Some(End::Stopped));
}

/// It does nothing, and survives its children.
#[derive(Debug)]
struct Idle;

impl Actor for Idle {
    type Msg = ();
    type State = ();
    type Arguments = ();

    async fn pre_start(&self, _: ActorRef<()>, (): ()) -> Result<(), ActorProcessingErr> {
        Ok(())
    }

    async fn handle_supervisor_evt(
        &self,
        _: ActorRef<()>,
        _: ractor::SupervisionEvent,
        (): &mut (),
    ) -> Result<(), ActorProcessingErr> {
        Ok(())
    }
}
