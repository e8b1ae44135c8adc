//! What is known of processes after their end, whoever supervised them.

use std::{
    io::{self, Write},
    sync::Mutex,
    time::{Duration, SystemTime},
};

use arsenal_core::registry::Registry;
use ractor::{Actor, ActorProcessingErr, ActorRef, Message, SupervisionEvent};
use tokio::time::{sleep, timeout};

use super::*;
use crate::{
    network::{Peer, unplugged::Unplugged},
    node::{Node, NodeBuilder},
    process::ProcessAddress,
};

async fn start() -> Node {
    let me = Peer { id: "a#1".parse().unwrap(), address: ([127, 0, 0, 1], 1).into() };
    let builder = NodeBuilder::new(Registry::default()).simulated();
    builder.start(Arc::new(Unplugged(me)), SystemTime::UNIX_EPOCH).await.unwrap()
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

/// Lines of a log.
#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[tokio::test(start_paused = true)]
async fn the_log_tells_each_failure_once_and_of_whom() {
    let lines = Lines::default();
    let writer = lines.clone();
    let subscriber =
        tracing_subscriber::fmt().with_writer(move || writer.clone()).with_ansi(false).finish();
    let _logging = tracing::subscriber::set_default(subscriber);
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
    let text = String::from_utf8(lines.0.lock().unwrap().clone()).unwrap();
    let told: Vec<&str> = text.lines().filter(|line| line.contains("a process failed")).collect();
    assert_eq!(told.len(), 2, "{text}");
    let fields =
        [" process=a.1.", " name=\"below\"", " type=\"Below\"", " error=\"asked to fail\""];
    assert!(told.iter().all(|line| fields.iter().all(|field| line.contains(field))), "{text}");
    above.stop(None);
}
