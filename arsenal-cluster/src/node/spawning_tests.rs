//! What is known of processes after their end, whoever supervised them.

use std::time::{Duration, SystemTime};

use arsenal_core::registry::Registry;
use futures_util::future::join_all;
use ractor::{Actor, ActorProcessingErr, ActorRef, Message, SupervisionEvent};
use tokio::time::{sleep, timeout};

use super::*;
use crate::{
    network::{Peer, unplugged::Unplugged},
    node::{Node, NodeBuilder},
    process::ProcessAddress,
    test_log::Lines,
};

async fn start() -> Node {
    let me = Peer { id: "a#1".parse().unwrap(), address: ([127, 0, 0, 1], 1).into() };
    let builder = NodeBuilder::new(Registry::default()).simulated();
    builder
        .start(Arc::new(Unplugged(me)), SystemTime::UNIX_EPOCH + Duration::from_mins(1))
        .await
        .unwrap()
}

/// A program's own supervisor: it says nothing of its children.
struct Above;

impl Actor for Above {
    type Msg = Order;
    type State = ();
    type Arguments = ();

    async fn pre_start(&self, _: ActorRef<Order>, (): ()) -> Result<(), ActorProcessingErr> {
        Ok(())
    }

    async fn handle_supervisor_evt(
        &self,
        _: ActorRef<Order>,
        _: SupervisionEvent,
        (): &mut (),
    ) -> Result<(), ActorProcessingErr> {
        Ok(())
    }
}

struct Below;

#[derive(Debug)]
enum Order {
    Fail,
    Rest(Duration),
}

impl Message for Order {}

impl Actor for Below {
    type Msg = Order;
    type State = ();
    type Arguments = ();

    async fn pre_start(&self, _: ActorRef<Order>, (): ()) -> Result<(), ActorProcessingErr> {
        Ok(())
    }

    async fn handle(
        &self,
        _: ActorRef<Order>,
        order: Order,
        (): &mut (),
    ) -> Result<(), ActorProcessingErr> {
        match order {
            Order::Fail => Err("asked to fail".into()),
            Order::Rest(time) => {
                sleep(time).await;
                Ok(())
            }
        }
    }
}

/// Starts a process `below` under this one.
async fn start_below(node: &Node, above: &ActorCell) -> Result<ActorCell, SpawnError> {
    let name = Some("below".parse().unwrap());
    let id = node.runtime().spawn_under(above, name, Child::actor(Below, ())).await?;
    Ok(node.runtime().processes().find(&ProcessAddress::Id(id)).unwrap())
}

async fn until_forgotten(node: &Node, started_by_arsenal: usize) {
    let processes = node.runtime().processes();
    let forgotten = async {
        while processes.counts().started_by_arsenal != started_by_arsenal {
            sleep(Duration::from_millis(1)).await;
        }
    };
    timeout(Duration::from_secs(10), forgotten).await.expect("it is forgotten");
    assert!(processes.names().is_empty());
}

#[tokio::test(start_paused = true)]
async fn what_ends_by_itself_is_forgotten_whoever_supervises_it() {
    let node = start().await;
    let (foreign, _) = Above::spawn(None, Above, ()).await.unwrap();
    let own = node.runtime().spawn_supervisor().await.unwrap();
    let root = node.runtime().root().unwrap().clone();
    let idle = node.runtime().processes().counts().started_by_arsenal;
    for above in [foreign.get_cell(), own, root] {
        let failing = start_below(&node, &above).await.unwrap();
        failing.send_message(Order::Fail).unwrap();
        until_forgotten(&node, idle).await;
        let stopping = start_below(&node, &above).await.unwrap();
        stopping.stop(None);
        until_forgotten(&node, idle).await;
        let killed = start_below(&node, &above).await.unwrap();
        let taken = start_below(&node, &above).await.unwrap_err();
        assert!(matches!(taken, SpawnError::NameTaken(_)), "{taken}");
        killed.kill();
        until_forgotten(&node, idle).await;
    }
    // Also where it has moved since.
    let moved = start_below(&node, node.runtime().root().unwrap()).await.unwrap();
    moved.link(foreign.get_cell());
    moved.send_message(Order::Fail).unwrap();
    until_forgotten(&node, idle).await;
    foreign.stop(None);
}

#[tokio::test(start_paused = true)]
async fn what_drains_for_long_is_forgotten_when_it_has_ended() {
    let node = start().await;
    let (above, _) = Above::spawn(None, Above, ()).await.unwrap();
    let idle = node.runtime().processes().counts().started_by_arsenal;
    let busy = start_below(&node, &above.get_cell()).await.unwrap();
    busy.send_message(Order::Rest(Duration::from_mins(1))).unwrap();
    busy.drain().unwrap();
    assert!(busy.wait(Some(Duration::from_secs(1))).await.is_err());
    assert_eq!(busy.get_status(), ActorStatus::Draining);
    busy.wait(Some(Duration::from_secs(100))).await.unwrap();
    until_forgotten(&node, idle).await;
    above.stop(None);
}

#[tokio::test(start_paused = true)]
async fn the_log_tells_each_failure_once_and_of_whom() {
    let (lines, _logging) = Lines::of_this_thread();
    let node = start().await;
    let (above, _) = Above::spawn(None, Above, ()).await.unwrap();
    let idle = node.runtime().processes().counts().started_by_arsenal;
    for above in [&above.get_cell(), node.runtime().root().unwrap()] {
        let failing = start_below(&node, above).await.unwrap();
        failing.send_message(Order::Fail).unwrap();
        until_forgotten(&node, idle).await;
        start_below(&node, above).await.unwrap().stop(None);
        until_forgotten(&node, idle).await;
    }
    let text = lines.text();
    let told: Vec<&str> = text.lines().filter(|line| line.contains("a process failed")).collect();
    assert_eq!(told.len(), 2, "{text}");
    let fields =
        [" process=a.1.", " name=\"below\"", " type=\"Below\"", " error=\"asked to fail\""];
    assert!(told.iter().all(|line| fields.iter().all(|field| line.contains(field))), "{text}");
    above.stop(None);
}

/// Fails right after its start.
struct Stillborn;

impl Actor for Stillborn {
    type Msg = Order;
    type State = ();
    type Arguments = ();

    async fn pre_start(&self, _: ActorRef<Order>, (): ()) -> Result<(), ActorProcessingErr> {
        Ok(())
    }

    async fn post_start(&self, _: ActorRef<Order>, (): &mut ()) -> Result<(), ActorProcessingErr> {
        Err("failed at once".into())
    }
}

#[test]
fn what_fails_right_after_its_start_is_told_of_whoever_hears_first() {
    const STARTED: usize = 300;
    let (lines, on_thread_start) = Lines::of_threads();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(3)
        .enable_all()
        .on_thread_start(on_thread_start)
        .build()
        .unwrap();
    let told = move || lines.text().lines().filter(|line| line.contains("failed at once")).count();
    let all_told = async move {
        let node = start().await;
        let idle = node.runtime().processes().counts().started_by_arsenal;
        // Side by side, so that an actor may run before whoever started it does again.
        let starts = (0..STARTED).map(|_| node.runtime().spawn(None, Child::actor(Stillborn, ())));
        for started in join_all(starts).await {
            started.unwrap();
        }
        until_forgotten(&node, idle).await;
        let told_of = async {
            while told() < STARTED {
                sleep(Duration::from_millis(1)).await;
            }
        };
        let _none_missing = timeout(Duration::from_secs(10), told_of).await;
        assert_eq!(told(), STARTED);
    };
    // On a thread of the runtime, as in a program.
    runtime.block_on(runtime.spawn(all_told)).unwrap();
}
