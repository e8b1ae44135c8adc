//! A node whose network has no wire: what it wants is seen, and nothing is dialled.

use std::{
    collections::BTreeSet,
    net::SocketAddr,
    sync::{Arc, Mutex},
    time::{Duration, SystemTime},
};

use arsenal_cluster::{
    discovery::{Discovery, Strategy},
    network::{Attempt, Network, Peer, PeerId, SendError, Sink, WantedPeer},
    node::{Node, NodeBuilder},
};
use arsenal_core::{error::OperationError, operation, registry::Registry};
use bytes::Bytes;
use tokio::time::{sleep, timeout};

/// Longer than anything takes that has to come; virtual where the clock is paused.
const PATIENCE: Duration = Duration::from_secs(30);

/// A node without operations does not start.
#[operation(get, "/bench/nothing", name = "bench.nothing")]
async fn nothing() -> Result<u32, OperationError> {
    Ok(0)
}

pub(crate) struct Unplugged {
    me: Peer,
    wanted: Mutex<Vec<WantedPeer>>,
}

impl Network for Unplugged {
    fn me(&self) -> &Peer {
        &self.me
    }
    fn start(&self, _: Arc<dyn Sink>) {}
    fn want(&self, peers: Vec<WantedPeer>) {
        *self.wanted.lock().unwrap() = peers;
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

/// The node, and what it wants.
pub(crate) struct Bench {
    node: Node,
    network: Arc<Unplugged>,
}

/// The address of the node itself.
pub(crate) fn own() -> SocketAddr {
    ([10, 0, 0, 1], 7000).into()
}

pub(crate) fn builder() -> NodeBuilder {
    NodeBuilder::new(Registry::from_linked().unwrap()).simulated()
}

pub(crate) fn addresses(texts: &[&str]) -> Vec<SocketAddr> {
    texts.iter().map(|text| text.parse().unwrap()).collect()
}

impl Bench {
    pub(crate) async fn start(strategy: impl Strategy) -> Self {
        let me = Peer { id: "a#1".parse().unwrap(), address: own() };
        let network = Arc::new(Unplugged { me, wanted: Mutex::default() });
        let node = builder()
            .discover(strategy)
            .start(Arc::clone(&network) as _, SystemTime::UNIX_EPOCH)
            .await
            .unwrap();
        Self { node, network }
    }

    /// How its only strategy stands.
    pub(crate) fn discovery(&self) -> Discovery {
        let [only] = <[_; 1]>::try_from(self.node.runtime().discoveries()).unwrap();
        only
    }

    /// Waits until the node wants exactly these.
    #[track_caller]
    pub(crate) fn wants(&self, expected: &[&str]) -> impl Future<Output = ()> {
        let expected: BTreeSet<SocketAddr> = addresses(expected).into_iter().collect();
        let wanted = || {
            let wanted = self.network.wanted.lock().unwrap();
            wanted.iter().map(|peer| peer.address).collect::<BTreeSet<_>>()
        };
        async move { until(|| wanted() == expected, || format!("{:?}", self.discovery())).await }
    }

    /// Waits until its strategy stands so.
    pub(crate) async fn until(&self, is_so: impl Fn(&Discovery) -> bool) -> Discovery {
        until(|| is_so(&self.discovery()), || format!("{:?}", self.discovery())).await;
        self.discovery()
    }
}

async fn until(is_so: impl Fn() -> bool, otherwise: impl Fn() -> String) {
    let waiting = async {
        while !is_so() {
            sleep(Duration::from_millis(20)).await;
        }
    };
    assert!(timeout(PATIENCE, waiting).await.is_ok(), "waited in vain: {}", otherwise());
}
