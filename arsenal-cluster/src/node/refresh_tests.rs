//! What becomes of a node whose beat breaks.

use std::{
    sync::atomic::{AtomicU32, Ordering},
    time::SystemTime,
};

use arsenal_core::registry::Registry;
use bytes::Bytes;

use super::*;
use crate::{
    membership::{EventKind, LEASE},
    network::{Attempt, Peer, SendError, Sink},
    node::NodeBuilder,
};

/// A network that breaks when it is told first what is wanted.
struct Breaking {
    me: Peer,
    told: AtomicU32,
}

impl Network for Breaking {
    fn me(&self) -> &Peer {
        &self.me
    }
    fn start(&self, _: Arc<dyn Sink>) {}
    fn want(&self, _: Vec<WantedPeer>) {
        assert!(self.told.fetch_add(1, Ordering::Relaxed) > 0, "broken on purpose");
    }
    fn reset(&self, _: &PeerId) {}
    fn send(&self, _: &PeerId, _: Bytes) -> Result<(), SendError> {
        Err(SendError::NoPath)
    }
    fn attempts(&self) -> Vec<Attempt> {
        Vec::new()
    }
    fn datagram(&self, _: SocketAddr, _: &[u8]) {}
}

#[tokio::test(start_paused = true)]
async fn a_node_whose_beat_broke_beats_again_and_tells_it() {
    let id = PeerId { name: "a".parse().unwrap(), generation: 7 };
    let me = Peer { id, address: ([10, 0, 0, 1], 7000).into() };
    let network = Arc::new(Breaking { me, told: AtomicU32::new(0) });
    let builder = NodeBuilder::new(Registry::default()).simulated();
    let node = builder.start(Arc::clone(&network) as _, SystemTime::UNIX_EPOCH).await.unwrap();
    sleep(ANEW_AFTER * 3).await;
    assert_eq!(network.told.load(Ordering::Relaxed), 2, "what is wanted was told at last");
    let until = node.runtime().members().holds_until();
    assert!(until >= Instant::now() + LEASE - VIEW_EVERY, "it beats no more");
    let told = node.runtime().events().after(0).into_iter().map(|event| event.change);
    let told: Vec<Change> = told.filter(|it| it.kind() == EventKind::BeatRestarted).collect();
    assert_eq!(told, [Change::BeatRestarted { times: 1 }]);
}
