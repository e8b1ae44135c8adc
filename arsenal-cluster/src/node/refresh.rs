//! What a node does by itself, on a beat: judge its side, measure itself, tell the others and hear of
//! them, look for peers.

#[cfg(test)]
#[path = "refresh_tests.rs"]
mod tests;

use std::{
    collections::{BTreeMap, BTreeSet},
    net::SocketAddr,
    panic::AssertUnwindSafe,
    sync::Arc,
    time::Duration,
};

use arsenal_core::membership::NodeStatus;
use futures_util::FutureExt as _;
use tokio::time::{Instant, MissedTickBehavior, interval, sleep, timeout};

use super::NodeRuntime;
use crate::{
    membership::Change,
    network::{Network, PeerId, WantedPeer},
    resources::Sampler,
};

/// How often the view follows what the endpoint measured.
pub(super) const VIEW_EVERY: Duration = Duration::from_millis(250);

/// The pause after beats that broke.
const ANEW_AFTER: Duration = Duration::from_secs(1);

/// How long a beat waits for a disk that chosen voters are written to. A verdict outlasts it, and what
/// gossip does is late by no more.
const KEEPING_MAX: Duration = Duration::from_millis(200);

/// Views per measurement of the node itself.
const VIEWS_PER_SAMPLE: u64 = 4;

/// To how many addresses a node introduces itself at a time.
const INTRODUCTIONS_MAX: usize = 8;

/// How long gossip gets to find out who is at an address, before it is dialled without knowing.
const DIAL_UNKNOWN_AFTER: Duration = Duration::from_secs(3);

/// One node's part in the cluster.
pub(super) struct Refresh {
    pub(super) runtime: Arc<NodeRuntime>,
    pub(super) network: Arc<dyn Network>,
    /// None where there is no process of the operating system to measure.
    pub(super) sampler: Option<Sampler>,
}

impl Refresh {
    /// Runs as long as the node does. Beats that broke are told, and begin anew: a node without them
    /// judges nothing, and tells nobody that it lives.
    pub(super) async fn run(mut self) {
        let mut gossip_restarts = 0;
        for times in 1_u32.. {
            let beats = AssertUnwindSafe(self.beats(&mut gossip_restarts));
            let Err(panic) = beats.catch_unwind().await else { return };
            let text = panic.downcast_ref::<String>().map(String::as_str);
            let text = text.or_else(|| panic.downcast_ref::<&str>().copied());
            let reason = text.unwrap_or("it panicked");
            tracing::error!("the beat broke, and begins anew in {ANEW_AFTER:?}: {reason}");
            let change = Change::BeatRestarted { times };
            self.runtime.events.push(change, self.runtime.clock.now());
            sleep(ANEW_AFTER).await;
        }
    }

    async fn beats(&mut self, gossip_restarts: &mut u32) {
        let mut ticks = interval(VIEW_EVERY);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut wanted = None;
        for beat in 0_u64.. {
            ticks.tick().await;
            self.runtime.judge();
            let seeds = self.runtime.discoveries.addresses(Instant::now());
            if beat % VIEWS_PER_SAMPLE == 0 {
                self.runtime.measure(self.sampler.as_mut());
            }
            self.introduce(&seeds, beat);
            self.runtime.exchange().await;
            self.runtime.notice_restarts(gossip_restarts);
            let wants = self.wanted(&seeds);
            if wanted.as_ref() != Some(&wants) {
                self.network.want(wants.clone());
                wanted = Some(wants);
            }
        }
    }

    /// Where gossip has heard of nobody, it may be that nobody there has heard of this node; and who fell
    /// silent may be back. Gossip itself tries the dead but now and then. A few at a time, in turns.
    fn introduce(&self, seeds: &BTreeMap<SocketAddr, Instant>, beat: u64) {
        let Some(gossip) = self.runtime.gossip.get() else { return };
        let silent: Vec<SocketAddr> = self.silent_addresses(seeds).into_iter().collect();
        let turn = usize::try_from(beat).unwrap_or_default().wrapping_mul(INTRODUCTIONS_MAX);
        let first = turn.checked_rem(silent.len()).unwrap_or_default();
        let in_turn = silent.iter().cycle().skip(first);
        for address in in_turn.take(silent.len().min(INTRODUCTIONS_MAX)) {
            gossip.introduce(*address);
        }
    }

    /// The seeds and the members that gossip does not hear.
    fn silent_addresses(&self, seeds: &BTreeMap<SocketAddr, Instant>) -> BTreeSet<SocketAddr> {
        let heard = self.heard_addresses();
        let members = self.runtime.members();
        let silent = members.others().values().filter(|state| state.status != NodeStatus::Left);
        let silent = silent.filter_map(|state| state.address);
        silent.chain(seeds.keys().copied()).filter(|address| !heard.contains(address)).collect()
    }

    fn heard_addresses(&self) -> BTreeSet<SocketAddr> {
        let members = self.runtime.members();
        let heard = members.others().values().filter(|state| state.is_heard());
        heard.filter_map(|state| state.address).chain([self.runtime.me().address]).collect()
    }

    /// Whoever gossip hears and whoever has a path; addresses where nobody is known only after a while.
    /// A node that nobody hears is not dialled: as soon as it is heard, it is, and at once.
    fn wanted(&self, seeds: &BTreeMap<SocketAddr, Instant>) -> Vec<WantedPeer> {
        let members = self.runtime.members();
        let mut wanted = Vec::new();
        for (name, state) in members.others() {
            let Some(address) = state.address else { continue };
            if state.is_heard() || state.path.is_some() {
                let id = PeerId { name: name.clone(), generation: state.generation };
                wanted.push(WantedPeer { address, id: Some(id) });
            } else if state.sighting.is_none() {
                wanted.push(WantedPeer { address, id: None });
            }
        }
        drop(members);
        let known: BTreeSet<SocketAddr> = wanted.iter().map(|peer| peer.address).collect();
        let is_due = |since: &Instant| since.elapsed() >= DIAL_UNKNOWN_AFTER;
        let unknown = seeds.iter().filter(|(seed, since)| is_due(since) && !known.contains(seed));
        wanted.extend(unknown.map(|(address, _)| WantedPeer { address: *address, id: None }));
        wanted.retain(|peer| peer.address != self.runtime.me().address);
        wanted
    }
}

impl NodeRuntime {
    fn judge(&self) {
        let Some(endpoint) = self.endpoint() else { return };
        let peers = endpoint.peers();
        self.change(|members, now| members.beat(&peers, now));
    }

    fn measure(self: &Arc<Self>, sampler: Option<&mut Sampler>) {
        self.set_resources(sampler.map(Sampler::sample).unwrap_or_default());
        self.count();
    }

    /// Tells the others how this node is, and hears of them. Voters that were chosen are written before
    /// they are told, so that who publishes a list does not forget it: unless that takes longer than
    /// [`KEEPING_MAX`] or fails. Then they are told nevertheless, an error is logged where it failed,
    /// and the next exchange tries again.
    pub(super) async fn exchange(&self) {
        let Some(gossip) = self.gossip.get() else { return };
        self.keep_voters(KEEPING_MAX).await;
        let heard = gossip.exchange(self.facts_told().to_entries()).await;
        self.change(|members, now| members.heard(heard, now));
    }

    /// Writes the voters that were chosen last, and waits for it, but for no longer than this.
    pub(super) async fn keep_voters(&self, patience: Duration) {
        if timeout(patience, self.voter_store.keep()).await.is_err() {
            tracing::warn!("the disk is slow: the chosen voters are not kept yet");
        }
    }

    fn notice_restarts(&self, seen: &mut u32) {
        let times = self.gossip.get().map_or(0, |gossip| gossip.restarts());
        if times != *seen {
            *seen = times;
            let change = Change::GossipRestarted { times };
            self.events.push(change, self.clock.now());
        }
    }
}
