//! What becomes of a process that is to be replaced where nothing more can be begun.

use std::{future::pending, time::SystemTime};

use arsenal_core::{registry::Registry, spec::Source};
use bytes::Bytes;
use futures_util::FutureExt as _;

use super::*;
use crate::{
    blueprint::{BlueprintSpec, Child},
    network::{Peer, unplugged::Unplugged},
    node::{BACKGROUND_MAX, Node, NodeBuilder},
    process::{Recipe, Supervisor},
};

static IDLE: BlueprintSpec = BlueprintSpec {
    name: "idle",
    summary: "An actor that does nothing.",
    description: "",
    parameters: &[],
    check: |_| Ok(()),
    build: |_| Ok(Child::actor(Supervisor, Arc::new(|_, _| {}))),
    source: Source { file: file!(), line: 0, package: "test" },
};

async fn start_node() -> Node {
    let me = Peer { id: "a#1".parse().unwrap(), address: ([127, 0, 0, 1], 1).into() };
    let builder = NodeBuilder::new(Registry::default()).simulated();
    builder.start(Arc::new(Unplugged(me)), SystemTime::UNIX_EPOCH).await.unwrap()
}

#[tokio::test(start_paused = true)]
async fn what_cannot_be_replaced_now_can_be_later() {
    let node = start_node().await;
    let (runtime, processes) = (node.runtime(), node.runtime().processes());
    let recipe = Recipe { blueprint: &IDLE, arguments: Bytes::from_static(b"{}") };
    let root = runtime.root().unwrap();
    let started = start_under(runtime, root, None, recipe).await.unwrap();
    let cell = processes.find(&ProcessAddress::Id(started.pid.clone())).unwrap();
    let claim = || Replaced::claim(runtime, cell.clone(), None);

    let held = claim().unwrap();
    assert!(claim().is_err() && processes.refuse_claimed(started.pid.local).is_err());
    drop(held);

    for _ in 0..BACKGROUND_MAX {
        assert!(runtime.to_its_end(pending::<()>()).now_or_never().is_none());
    }
    let begun = runtime.to_its_end(claim().unwrap().replace(Duration::from_secs(1)));
    assert_eq!(*begun.await.unwrap_err().code(), Code::Overloaded);
    processes.refuse_claimed(started.pid.local).unwrap();
    let restarted = claim().unwrap().replace(Duration::from_secs(1)).await.unwrap();
    assert_eq!(restarted.previous, started.pid);
}
