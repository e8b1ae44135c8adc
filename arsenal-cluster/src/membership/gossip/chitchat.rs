//! Gossip by chitchat.
//!
//! Pinned to 0.11.2, the last version whose messages a transport of somebody else can write. It
//! carries keys and values, and counts heartbeats; the rest is here: names become [`PeerId`]s, and a
//! task of chitchat that broke is begun anew, as another generation, since the others would not
//! believe versions that start again.

#[cfg(test)]
#[path = "chitchat_tests.rs"]
mod tests;

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
    net::SocketAddr,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use bytes::Bytes;
use chitchat::{
    ChitchatConfig, ChitchatHandle, ChitchatId, FailureDetectorConfig, NodeState, spawn_chitchat,
};
use futures_util::future::BoxFuture;
use tokio::{
    task::JoinSet,
    time::{Instant, sleep},
};

use super::{
    Gossip, Heard,
    socket::{Inbox, OnNetwork},
};
use crate::{
    membership::{facts::NodeFacts, members::FORGET_AFTER},
    network::{Network, Peer, PeerId},
};

/// How often a node gossips, with three others.
const GOSSIP_EVERY: Duration = Duration::from_millis(250);

/// Heartbeats that must be missing until a node counts as dead, in mean intervals.
const PHI_THRESHOLD: f64 = 8.0;

/// Intervals remembered of each node.
const SAMPLES_MAX: usize = 200;

/// A pause between heartbeats that is longer than this is none that counts.
const INTERVAL_MAX: Duration = Duration::from_secs(10);

/// The first and the longest pause before gossip begins anew.
const RESTART_MIN: Duration = Duration::from_secs(1);
const RESTART_MAX: Duration = Duration::from_secs(30);

/// Gossip that ran for so long was well: when it breaks, the pauses are short again.
const HEALTHY_AFTER: Duration = Duration::from_mins(1);

/// Generations of gossip within one start of a node, in bits: enough for weeks of nothing but breaking.
/// Generations of nodes are milliseconds, and leave room for more.
const RESTART_BITS: u32 = 16;

/// The last generation of gossip within one start of a node. The others would take one more for an
/// earlier one, and not believe it.
const RESTARTS_MAX: u32 = (1 << RESTART_BITS) - 1;

/// The gossip of one node. Ends when it is dropped.
pub struct Chitchat {
    me: Peer,
    running: Arc<Mutex<Running>>,
    restarts: Arc<AtomicU32>,
    supervising: Mutex<JoinSet<()>>,
}

#[derive(Default)]
struct Running {
    handle: Option<Arc<ChitchatHandle>>,
    inbox: Option<Inbox>,
}

impl Chitchat {
    /// Begins to gossip on a network, inside of the current runtime.
    pub fn start(network: &Arc<dyn Network>, cluster: &str) -> Self {
        let me = network.me().clone();
        let running = Arc::<Mutex<Running>>::default();
        let restarts = Arc::<AtomicU32>::default();
        let mut supervising = JoinSet::new();
        let supervised = Supervised {
            network: Arc::clone(network),
            cluster: cluster.to_owned(),
            running: Arc::clone(&running),
            restarts: Arc::clone(&restarts),
        };
        supervising.spawn(supervised.keep_running());
        Self { me, running, restarts, supervising: Mutex::new(supervising) }
    }
}

impl Gossip for Chitchat {
    fn exchange(&self, own: BTreeMap<&'static str, String>) -> BoxFuture<'_, Vec<Heard>> {
        Box::pin(async move {
            let handle = {
                let running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
                let Some(handle) = running.handle.clone() else { return Vec::new() };
                handle
            };
            let chitchat = handle.chitchat();
            let mut chitchat = chitchat.lock().await;
            for (key, value) in own {
                // What is as it was is not told again.
                chitchat.self_node_state().set(key, value);
            }
            let live: BTreeSet<ChitchatId> = chitchat.live_nodes().cloned().collect();
            let nodes = chitchat.node_states().iter();
            let all = nodes.filter_map(|(id, state)| heard(id, state, live.contains(id)));
            newest(all.filter(|heard| heard.id != self.me.id))
        })
    }

    fn introduce(&self, to: SocketAddr) {
        let running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(Err(error)) = running.handle.as_ref().map(|handle| handle.gossip(to)) {
            tracing::debug!("gossip is not running: {error}");
        }
    }

    fn datagram(&self, from: SocketAddr, bytes: Bytes) {
        let running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(Err(error)) = running.inbox.as_ref().map(|inbox| inbox.try_send((from, bytes)))
        {
            tracing::debug!("gossip was lost: {error}");
        }
    }

    fn end(&self) {
        // First: it would take the end for a failure.
        self.supervising.lock().unwrap_or_else(PoisonError::into_inner).abort_all();
        let running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(handle) = &running.handle {
            handle.abort();
        }
    }

    fn restarts(&self) -> u32 {
        self.restarts.load(Ordering::Relaxed)
    }
}

struct Supervised {
    network: Arc<dyn Network>,
    cluster: String,
    running: Arc<Mutex<Running>>,
    restarts: Arc<AtomicU32>,
}

impl Supervised {
    /// chitchat asserts on what others send. A gossip that ended silently would freeze the view.
    async fn keep_running(self) {
        let mut pause = RESTART_MIN;
        loop {
            let began_at = Instant::now();
            let broke = match self.begin().await {
                Ok(handle) => handle.termination_watcher().await.err(),
                Err(error) => Some(error),
            };
            let reason = broke.map_or_else(|| String::from("it ended"), |error| error.to_string());
            *self.running.lock().unwrap_or_else(PoisonError::into_inner) = Running::default();
            if self.restarts.load(Ordering::Relaxed) >= RESTARTS_MAX {
                tracing::error!("gossip broke too often, start this node again: {reason}");
                return;
            }
            if began_at.elapsed() >= HEALTHY_AFTER {
                pause = RESTART_MIN;
            }
            tracing::error!("gossip broke, and begins anew in {pause:?}: {reason}");
            self.restarts.fetch_add(1, Ordering::Relaxed);
            sleep(pause).await;
            pause = (pause * 2).min(RESTART_MAX);
        }
    }

    async fn begin(&self) -> anyhow::Result<Arc<ChitchatHandle>> {
        let Peer { id, address } = self.network.me();
        let restarts = self.restarts.load(Ordering::Relaxed);
        let config = ChitchatConfig {
            chitchat_id: ChitchatId::new(id.name.as_str(), incarnation(id, restarts), *address),
            cluster_id: self.cluster.clone(),
            gossip_interval: GOSSIP_EVERY,
            listen_addr: *address,
            seed_nodes: Vec::new(),
            failure_detector_config: FailureDetectorConfig {
                phi_threshold: PHI_THRESHOLD,
                sampling_window_size: SAMPLES_MAX,
                max_interval: INTERVAL_MAX,
                initial_interval: GOSSIP_EVERY * 2,
                dead_node_grace_period: FORGET_AFTER,
            },
            marked_for_deletion_grace_period: FORGET_AFTER,
            catchup_callback: None,
            extra_liveness_predicate: None,
        };
        let (transport, inbox) = OnNetwork::new(Arc::clone(&self.network));
        let handle = Arc::new(spawn_chitchat(config, Vec::new(), &transport).await?);
        *self.running.lock().unwrap_or_else(PoisonError::into_inner) =
            Running { handle: Some(Arc::clone(&handle)), inbox: Some(inbox) };
        Ok(handle)
    }
}

/// The generation of a node and of its gossip in one number, which grows with both.
fn incarnation(id: &PeerId, restarts: u32) -> u64 {
    (id.generation << RESTART_BITS) | u64::from(restarts.min(RESTARTS_MAX))
}

/// Of each start of a node only what its last gossip says: chitchat remembers those that broke for
/// long, and their heartbeats stand still. `all` are in the order of their generations.
fn newest(all: impl Iterator<Item = Heard>) -> Vec<Heard> {
    let newest: BTreeMap<PeerId, Heard> = all.map(|heard| (heard.id.clone(), heard)).collect();
    newest.into_values().collect()
}

/// None for what is no node: only a broken node of this cluster can make others know of one.
fn heard(id: &ChitchatId, state: &NodeState, is_live: bool) -> Option<Heard> {
    let name = id.node_id.parse().ok()?;
    let id = PeerId { name, generation: id.generation_id >> RESTART_BITS };
    let facts = NodeFacts::from_entries(&id.name, id.generation, |key| state.get(key));
    let address = state.chitchat_id().gossip_advertise_addr;
    Some(Heard { id, address, is_live, heartbeat: state.heartbeat().into(), facts })
}

impl Drop for Chitchat {
    fn drop(&mut self) {
        self.end();
    }
}

impl fmt::Debug for Chitchat {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Chitchat").field("me", &self.me).finish_non_exhaustive()
    }
}
