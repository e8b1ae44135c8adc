//! What becomes of gossip that breaks.

use tokio::time::timeout;

use super::*;
use crate::network::{Attempt, SendError, Sink, WantedPeer, unplugged::Unplugged};

fn peer(name: &str, last: u8) -> Peer {
    let id = PeerId { name: name.parse().unwrap(), generation: 7 };
    Peer { id, address: ([10, 0, 0, last], 7000).into() }
}

fn alone() -> Chitchat {
    let network: Arc<dyn Network> = Arc::new(Unplugged(peer("a", 1)));
    Chitchat::start(&network, "test")
}

/// chitchat ends when it cannot read any more.
fn break_it(gossip: &Chitchat) {
    drop(gossip.running.lock().unwrap().inbox.take());
}

/// Who is at which address.
type Plugged = Arc<Mutex<BTreeMap<SocketAddr, Arc<Chitchat>>>>;

/// A network whose datagrams arrive at once.
struct Cable {
    me: Peer,
    plugged: Plugged,
}

impl Cable {
    fn plug(me: Peer, plugged: &Plugged) -> Arc<Chitchat> {
        let address = me.address;
        let network: Arc<dyn Network> = Arc::new(Self { me, plugged: Arc::clone(plugged) });
        let gossip = Arc::new(Chitchat::start(&network, "test"));
        plugged.lock().unwrap().insert(address, Arc::clone(&gossip));
        gossip
    }
}

impl Network for Cable {
    fn me(&self) -> &Peer {
        &self.me
    }
    fn start(&self, _: Arc<dyn Sink>) {}
    fn want(&self, _: Vec<WantedPeer>) {}
    fn reset(&self, _: &PeerId) {}
    fn send(&self, _: &PeerId, _: Bytes) -> Result<(), SendError> {
        Err(SendError::NoPath)
    }
    fn attempts(&self) -> Vec<Attempt> {
        Vec::new()
    }
    fn datagram(&self, to: SocketAddr, bytes: &[u8]) {
        let there = self.plugged.lock().unwrap().get(&to).cloned();
        if let Some(there) = there {
            there.datagram(self.me.address, Bytes::copy_from_slice(bytes));
        }
    }
}

fn own() -> BTreeMap<&'static str, String> {
    [("node", String::from("here"))].into()
}

/// Waits until gossip runs as a later incarnation than this one; gives its own, and what it tells.
async fn running_after(gossip: &Chitchat, incarnation: u64) -> (u64, Option<String>) {
    let running = async {
        loop {
            gossip.exchange(own()).await;
            let handle = gossip.running.lock().unwrap().handle.clone();
            let later = handle.filter(|it| it.chitchat_id().generation_id > incarnation);
            if let Some(handle) = later {
                let told = handle.chitchat();
                let told = told.lock().await.self_node_state().get("node").map(str::to_owned);
                return (handle.chitchat_id().generation_id, told);
            }
            sleep(Duration::from_millis(10)).await;
        }
    };
    timeout(RESTART_MAX, running).await.unwrap()
}

#[tokio::test(start_paused = true)]
async fn gossip_that_broke_begins_anew_and_tells_everything_again() {
    let gossip = alone();
    let (first, told) = running_after(&gossip, 0).await;
    assert_eq!((gossip.restarts(), told.as_deref()), (0, Some("here")));

    break_it(&gossip);
    let (second, told) = running_after(&gossip, first).await;
    assert_eq!((gossip.restarts(), told.as_deref()), (1, Some("here")));
    let start = |incarnation: u64| incarnation >> RESTART_BITS;
    assert_eq!((start(first), start(second)), (7, 7), "the node is the same start of itself");
}

#[tokio::test(start_paused = true)]
async fn of_a_start_whose_gossip_broke_only_the_last_one_is_heard() {
    let plugged = Plugged::default();
    let (a, b) = (Cable::plug(peer("a", 1), &plugged), Cable::plug(peer("b", 2), &plugged));
    running_after(&a, 0).await;
    let (first, _) = running_after(&b, 0).await;
    let remembered = async |count: usize| {
        let remembered = async {
            loop {
                b.introduce(a.me.address);
                sleep(GOSSIP_EVERY).await;
                let handle = a.running.lock().unwrap().handle.clone().unwrap();
                let chitchat = handle.chitchat();
                let chitchat = chitchat.lock().await;
                let of_b = chitchat.node_states().keys().filter(|id| &*id.node_id == "b");
                if of_b.count() == count {
                    return;
                }
            }
        };
        timeout(RESTART_MAX, remembered).await.unwrap();
    };
    remembered(1).await;
    break_it(&b);
    running_after(&b, first).await;
    remembered(2).await;

    let mut last = None;
    for _ in 0..20 {
        let heard = a.exchange(own()).await;
        let beats: Vec<(&PeerId, u64)> = heard.iter().map(|it| (&it.id, it.heartbeat)).collect();
        let [(id, heartbeat)] = beats[..] else { panic!("two of one start: {beats:?}") };
        assert_eq!(*id, b.me.id);
        assert!(last.is_none_or(|last| last <= heartbeat), "{last:?}, then {heartbeat}");
        last = Some(heartbeat);
        sleep(GOSSIP_EVERY).await;
    }
    plugged.lock().unwrap().clear();
}

#[tokio::test(start_paused = true)]
async fn gossip_that_was_well_for_a_minute_begins_anew_at_once_when_it_breaks() {
    let gossip = alone();
    let (mut incarnation, _) = running_after(&gossip, 0).await;
    let mut pauses = Vec::new();
    for healthy in [0, 0, 0, HEALTHY_AFTER.as_secs()] {
        sleep(Duration::from_secs(healthy)).await;
        break_it(&gossip);
        let broke_at = Instant::now();
        (incarnation, _) = running_after(&gossip, incarnation).await;
        pauses.push(broke_at.elapsed().as_secs());
    }
    assert_eq!(pauses, [1, 2, 4, 1]);
}

#[tokio::test(start_paused = true)]
async fn gossip_never_begins_anew_as_an_earlier_one() {
    let gossip = alone();
    running_after(&gossip, 0).await;
    gossip.restarts.store(RESTARTS_MAX, Ordering::Relaxed);
    break_it(&gossip);
    sleep(RESTART_MAX * 2).await;
    assert!(gossip.running.lock().unwrap().handle.is_none(), "it says that it has ended");
    let me = peer("a", 1).id;
    assert!(incarnation(&me, RESTARTS_MAX) < incarnation(&PeerId { generation: 8, ..me }, 0));
}
