//! When each start of each node was heard last. Pure.

use std::collections::{BTreeMap, BTreeSet};

use arsenal_core::name::NodeName;
use tokio::time::Instant;

use super::{
    gossip::Heard,
    member::{ECHO, FRESH},
};
use crate::network::PeerId;

/// What was heard of every start of every node that gossip remembers.
#[derive(Clone, Debug, Default)]
pub(super) struct Sightings(BTreeMap<PeerId, Sighted>);

#[derive(Clone, Copy, Debug)]
struct Sighted {
    first_at: Instant,
    heartbeat: u64,
    advanced_at: Instant,
}

impl Sightings {
    /// Takes what gossip knows now.
    pub(super) fn update(&mut self, all: &[Heard], now: Instant) {
        let remembered: BTreeSet<&PeerId> = all.iter().map(|heard| &heard.id).collect();
        self.0.retain(|id, _| remembered.contains(id));
        for heard in all {
            let entry = self.0.entry(heard.id.clone());
            let sighted = entry.or_insert(Sighted {
                first_at: now,
                heartbeat: heard.heartbeat,
                advanced_at: now,
            });
            if sighted.heartbeat != heard.heartbeat {
                sighted.heartbeat = heard.heartbeat;
                sighted.advanced_at = now;
            }
        }
    }

    /// When the last heartbeat of a start of a node was heard.
    pub(super) fn advanced_at(&self, id: &PeerId) -> Option<Instant> {
        self.0.get(id).map(|sighted| sighted.advanced_at)
    }

    /// Whether a start of a node was heard just now, or heard of for the first time.
    pub(super) fn is_fresh(&self, id: &PeerId, now: Instant) -> bool {
        let advanced_at = self.advanced_at(id);
        advanced_at.is_some_and(|at| now.saturating_duration_since(at) < FRESH)
    }

    /// Another start of a node that was heard just now, or heard of for the first time.
    pub(super) fn other_start(&self, me: &PeerId, now: Instant) -> Option<PeerId> {
        let others = self.0.iter().filter(|(id, _)| id.name == me.name && *id != me);
        let mut fresh = others
            .filter(|(_, sighted)| now.saturating_duration_since(sighted.advanced_at) < FRESH);
        fresh.next().map(|(id, _)| id.clone())
    }

    /// Names under which more than one process lives. A start that a later one replaced falls silent:
    /// only one that was heard after that for longer than gossip repeats itself is alive. `me` is.
    pub(super) fn duplicates(
        &self,
        me: &PeerId,
        now: Instant,
    ) -> BTreeMap<NodeName, BTreeSet<u64>> {
        let mut by_name: BTreeMap<&NodeName, Vec<(u64, Sighted)>> = BTreeMap::new();
        for (id, sighted) in &self.0 {
            if now.saturating_duration_since(sighted.advanced_at) < FRESH {
                by_name.entry(&id.name).or_default().push((id.generation, *sighted));
            }
        }
        if let Some(starts) = by_name.get_mut(&me.name)
            && let Some((_, other)) = starts.first().copied()
        {
            starts.push((me.generation, Sighted { advanced_at: now, ..other }));
        }
        let lives_on = |starts: &[(u64, Sighted)]| {
            let later = starts.iter().map(|(_, sighted)| sighted.first_at).max();
            let alive = starts.iter().filter(|(_, sighted)| {
                later.is_some_and(|later| sighted.advanced_at > later + ECHO)
            });
            alive.map(|(generation, _)| *generation).collect::<BTreeSet<u64>>()
        };
        let alive = by_name.into_iter().map(|(name, starts)| (name.clone(), lives_on(&starts)));
        alive.filter(|(_, generations)| generations.len() > 1).collect()
    }
}
