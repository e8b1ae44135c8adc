//! A network that checks the order of what it delivers: `up frame* down`, again and again.

use std::{
    collections::BTreeSet,
    net::SocketAddr,
    sync::{Arc, Mutex},
};

use arsenal_cluster::network::{
    Attempt, Down, Network, Peer, PeerId, Refusals, SendError, Sink, WantedPeer,
};
use bytes::Bytes;

pub(crate) struct Tap {
    inner: Arc<dyn Network>,
    log: Arc<Mutex<Log>>,
}

#[derive(Default)]
struct Log {
    up: BTreeSet<PeerId>,
    violations: Vec<String>,
}

impl Tap {
    pub(crate) fn new(inner: Arc<dyn Network>) -> Arc<Self> {
        Arc::new(Self { inner, log: Arc::default() })
    }

    pub(crate) fn violations(&self) -> Vec<String> {
        self.log.lock().unwrap().violations.clone()
    }
}

impl Network for Tap {
    fn me(&self) -> &Peer {
        self.inner.me()
    }
    fn start(&self, sink: Arc<dyn Sink>) {
        self.inner.start(Arc::new(Checked { inner: sink, log: Arc::clone(&self.log) }));
    }
    fn want(&self, peers: Vec<WantedPeer>) {
        self.inner.want(peers);
    }
    fn reset(&self, peer: &PeerId) {
        self.inner.reset(peer);
    }
    fn send(&self, to: &PeerId, frame: Bytes) -> Result<(), SendError> {
        self.inner.send(to, frame)
    }
    fn attempts(&self) -> Vec<Attempt> {
        self.inner.attempts()
    }
    fn refusals(&self) -> Refusals {
        self.inner.refusals()
    }
    fn datagram(&self, to: SocketAddr, bytes: &[u8]) {
        self.inner.datagram(to, bytes);
    }
}

struct Checked {
    inner: Arc<dyn Sink>,
    log: Arc<Mutex<Log>>,
}

impl Sink for Checked {
    fn up(&self, peer: &Peer) {
        let mut log = self.log.lock().unwrap();
        if !log.up.insert(peer.id.clone()) {
            log.violations.push(format!("up of {}, which is up", peer.id));
        }
        drop(log);
        self.inner.up(peer);
    }
    fn frame(&self, from: &PeerId, frame: Bytes) {
        let mut log = self.log.lock().unwrap();
        if !log.up.contains(from) {
            log.violations.push(format!("frame of {from}, which is down"));
        }
        drop(log);
        self.inner.frame(from, frame);
    }
    fn down(&self, peer: &PeerId, why: Down) {
        let mut log = self.log.lock().unwrap();
        if !log.up.remove(peer) {
            log.violations.push(format!("down of {peer}, which is down"));
        }
        drop(log);
        self.inner.down(peer, why);
    }
    fn datagram(&self, from: SocketAddr, bytes: Bytes) {
        self.inner.datagram(from, bytes);
    }
    fn holder(&self, newcomer: &PeerId) -> Option<PeerId> {
        self.inner.holder(newcomer)
    }
    fn refused(&self, newcomer: &PeerId, holder: &PeerId) {
        self.inner.refused(newcomer, holder);
    }
    fn name_held(&self, holder: &PeerId) {
        self.inner.name_held(holder);
    }
}
