//! What becomes of gossip that breaks.

use tokio::time::timeout;

use super::*;
use crate::network::unplugged::Unplugged;

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
    let id = PeerId { name: "a".parse().unwrap(), generation: 7 };
    let address = ([10, 0, 0, 1], 7000).into();
    let network: Arc<dyn Network> = Arc::new(Unplugged(Peer { id, address }));
    let gossip = Chitchat::start(&network, "test");
    let (first, told) = running_after(&gossip, 0).await;
    assert_eq!((gossip.restarts(), told.as_deref()), (0, Some("here")));

    // chitchat ends when it cannot read any more.
    drop(gossip.running.lock().unwrap().inbox.take());
    let (second, told) = running_after(&gossip, first).await;
    assert_eq!((gossip.restarts(), told.as_deref()), (1, Some("here")));
    let start = |incarnation: u64| incarnation >> RESTART_BITS;
    assert_eq!((start(first), start(second)), (7, 7), "the node is the same start of itself");
}
