//! What a node does by itself, on a beat: measure itself, judge its side, look for peers.

use std::{
    collections::BTreeSet,
    net::SocketAddr,
    sync::{Arc, PoisonError},
    time::Duration,
};

use tokio::time::{MissedTickBehavior, interval};

use super::NodeRuntime;
use crate::{
    network::{Network, WantedPeer},
    resources::Sampler,
};

/// How often the view follows what the endpoint measured.
const VIEW_EVERY: Duration = Duration::from_millis(250);

/// Views per measurement of the node itself.
const VIEWS_PER_SAMPLE: u64 = 4;

/// Runs as long as the node does.
pub(super) async fn refresh(
    runtime: Arc<NodeRuntime>,
    network: Arc<dyn Network>,
    join: Vec<SocketAddr>,
) {
    let mut sampler = Sampler::new();
    let mut ticks = interval(VIEW_EVERY);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    for beat in 0_u64.. {
        ticks.tick().await;
        runtime.judge();
        if beat % VIEWS_PER_SAMPLE == 0 {
            runtime.measure(&mut sampler);
            network.want(wanted(&runtime, &join));
        }
    }
}

/// Everybody who was named at start, was met, or is known to somebody who was met.
fn wanted(runtime: &NodeRuntime, join: &[SocketAddr]) -> Vec<WantedPeer> {
    let mut addresses: BTreeSet<SocketAddr> = join.iter().copied().collect();
    let members = runtime.members();
    for state in members.others().values() {
        addresses.extend(state.address);
        let facts = state.facts.as_ref().filter(|_| state.has_path);
        addresses.extend(facts.iter().flat_map(|(facts, _)| &facts.peers).map(|peer| peer.address));
    }
    addresses.remove(&runtime.me().address);
    addresses.into_iter().map(|address| WantedPeer { address, id: None }).collect()
}

impl NodeRuntime {
    fn judge(&self) {
        let Some(endpoint) = self.endpoint() else { return };
        let peers = endpoint.peers();
        self.change(|members, now| {
            for state in &peers {
                members.beat(&state.peer.id, state.missed, state.rtt, now);
            }
            members.tick(now);
        });
    }

    fn measure(&self, sampler: &mut Sampler) {
        let resources = sampler.sample();
        *self.resources.lock().unwrap_or_else(PoisonError::into_inner) = resources;
        self.publish();
    }

    /// Sets what the next pongs tell. Called before the first of them, too.
    pub(super) fn publish(&self) {
        let facts = serde_json::to_vec(&self.facts_now()).expect("facts have only text keys");
        *self.facts.write().unwrap_or_else(PoisonError::into_inner) = facts.into();
    }
}
