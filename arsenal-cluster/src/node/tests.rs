//! What a node answers with after its machine slept.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, SystemTime},
};

use arsenal_core::{
    membership::{Cluster as _, Verdict},
    registry::Registry,
};

use super::{Node, NodeBuilder};
use crate::{
    Uptime,
    network::{Peer, unplugged::Unplugged},
};

fn peer(id: &str) -> Peer {
    Peer { id: id.parse().unwrap(), address: ([127, 0, 0, 1], 1).into() }
}

async fn start(uptime: Uptime) -> Node {
    let builder = NodeBuilder::new(Registry::default()).simulated().uptime(uptime);
    let builder = builder.voters(["a", "b", "c"].map(|name| name.parse().unwrap()));
    builder.start(Arc::new(Unplugged(peer("a#1"))), SystemTime::UNIX_EPOCH).await.unwrap()
}

#[tokio::test(start_paused = true)]
async fn a_verdict_from_before_the_machine_slept_is_not_used() {
    let seconds = Arc::new(AtomicU64::new(0));
    let read = Arc::clone(&seconds);
    let uptime = Uptime::new(move || Duration::from_secs(read.load(Ordering::Relaxed)));
    let node = start(uptime).await;
    let runtime = node.runtime();
    for other in ["b#1", "c#1"] {
        runtime.path_up(&peer(other));
    }
    let verdict = || runtime.view().quorum.verdict;
    assert_eq!(verdict(), Verdict::Whole);
    seconds.store(600, Ordering::Relaxed);
    assert_eq!(verdict(), Verdict::Unstable, "no instant has passed");
    // Not either if something else is heard first.
    seconds.store(1_200, Ordering::Relaxed);
    runtime.refused(&peer("b#2").id, &peer("b#1").id);
    assert_eq!(verdict(), Verdict::Unstable);
}
