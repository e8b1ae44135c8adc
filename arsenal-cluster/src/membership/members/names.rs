//! Whose a name is, where more than one process has it. Pure.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use arsenal_core::name::NodeName;
use tokio::time::Instant;

use super::Members;
use crate::{
    membership::{
        change::Change,
        facts::NodeFacts,
        member::{ECHO, FRESH, MemberState},
        split::rivals,
    },
    network::PeerId,
};

/// For how long the word of a peer counts that this node is refused. Peers are dialled more often.
const HELD_FOR: Duration = Duration::from_secs(10);

/// For how long processes with one name must have been seen as authorities until that is evidence: one
/// that has died is heard for a while, and who has a path to its successor is known here before there.
pub(super) const RIVALS_STAND: Duration = FRESH.saturating_add(ECHO);

/// The most refused starts that are remembered, so that each is told once. Where there are more, those
/// are forgotten that gossip has forgotten, and the rest is not told.
pub(super) const REFUSED_MAX: usize = 64;

/// The most names of which a node tells who holds them: they must fit into one value of gossip.
const HOLDERS_MAX: usize = 32;

impl Members {
    /// The start that holds the name of a newcomer, if that is another one which is heard and has no
    /// path from here. One with a path is asked itself. Where two are heard, it is the one that others
    /// have a path to: this node may be the one that came last. A later start that is known holds the
    /// name until it is forgotten, since an earlier one is a process that woke up.
    pub fn holder(&self, newcomer: &PeerId, now: Instant) -> Option<PeerId> {
        let known = self.others.get(&newcomer.name);
        if known.is_some_and(|state| state.path.is_some()) {
            return None;
        }
        let told = self.told_holders(&newcomer.name, now);
        if told.contains(&newcomer.generation) {
            return None;
        }
        let holds = |state: &&MemberState| {
            state.generation > newcomer.generation || state.holds_its_name(now)
        };
        let heard = || known.filter(holds).map(|state| state.generation);
        let generation = told.first().copied().or_else(heard)?;
        (generation != newcomer.generation)
            .then(|| PeerId { name: newcomer.name.clone(), generation })
    }

    /// A start of a node was refused, since another one is alive. Told once.
    pub fn refused(&mut self, newcomer: &PeerId, holder: &PeerId) {
        if self.refused.len() >= REFUSED_MAX {
            let sightings = &self.sightings;
            self.refused.retain(|id| sightings.advanced_at(id).is_some());
        }
        if self.refused.len() < REFUSED_MAX && self.refused.insert(newcomer.clone()) {
            self.changes.push(Change::NameRefused {
                node: newcomer.name.clone(),
                generation: newcomer.generation,
                holder: holder.generation,
            });
        }
    }

    /// A peer refused this node, since another start of it is alive. That is only news while nobody
    /// takes it in.
    pub fn name_held(&mut self, holder: &PeerId, now: Instant) {
        if self.has_company() {
            return;
        }
        if self.held_until.replace(now + HELD_FOR).is_none() {
            self.changes.push(Change::NameHeld { holder: holder.generation });
        }
        self.judge(now);
    }

    /// Of each name that more than one live process has, the start that this node has a path to.
    pub fn holders(&self) -> BTreeMap<NodeName, u64> {
        let twins = self.sightings.duplicates(&self.me(), self.judged_at);
        let holder = |name: &NodeName| {
            if *name == self.config.me {
                return self.has_company().then_some(self.generation);
            }
            self.others.get(name).filter(|state| state.path.is_some()).map(|state| state.generation)
        };
        let holders = twins.keys().filter_map(|name| Some((name.clone(), holder(name)?)));
        holders.take(HOLDERS_MAX).collect()
    }

    /// Names under which more than one process has a part of the cluster with it now, and the starts that
    /// they are, whether the name votes or not. One that all refuse is none.
    pub fn duplicates(&self, now: Instant) -> BTreeMap<NodeName, BTreeSet<u64>> {
        self.rivals(now)
    }

    /// The starts of a node that are heard, and to which others that live say that they have a path.
    pub(super) fn told_holders(&self, name: &NodeName, now: Instant) -> BTreeSet<u64> {
        let told = self.live_facts().filter_map(|facts| facts.judgement.holders.get(name).copied());
        let is_heard = |generation: &u64| {
            self.sightings.is_fresh(&PeerId { name: name.clone(), generation: *generation }, now)
        };
        told.filter(is_heard).collect()
    }

    /// Whether a start that is known here holds its name against another one.
    pub(super) fn keeps_name(&self, known: &MemberState, other: &PeerId, now: Instant) -> bool {
        let told = self.told_holders(&other.name, now);
        known.path.is_some()
            || told.contains(&known.generation)
            || (!told.contains(&other.generation) && known.holds_its_name(now))
    }

    /// Whether another start takes the place of a later one that is known here: others have a path to
    /// that one, and none to the later.
    pub(super) fn gives_way(&self, known: &MemberState, other: &PeerId, now: Instant) -> bool {
        self.told_holders(&other.name, now).contains(&other.generation)
            && !self.keeps_name(known, other, now)
    }

    /// Tells of processes whose name another one holds.
    pub(super) fn notice_twins(&mut self, now: Instant) {
        let me = self.me();
        let duplicates = self.sightings.duplicates(&me, now);
        for (name, alive) in duplicates {
            let known = self.others.get(&name).map(|state| state.generation);
            let generation = if name == me.name { Some(me.generation) } else { known };
            let Some(holder) = generation.filter(|generation| alive.contains(generation)) else {
                continue;
            };
            if name == me.name && !self.has_company() {
                continue;
            }
            for generation in alive.into_iter().filter(|generation| *generation != holder) {
                let newcomer = PeerId { name: name.clone(), generation };
                self.refused(&newcomer, &PeerId { name: name.clone(), generation: holder });
            }
        }
    }

    /// Whether a vote may be the one of another process with the same name: of this node, while nobody
    /// has a path to it, or of two that seem to be authorities.
    pub(super) fn is_contested(&self, now: Instant) -> bool {
        self.rivals_since.is_some() || self.is_name_held(now)
    }

    /// Whether another start of this node is alive, as peers or gossip say, and nobody has a path to
    /// this one.
    pub fn is_name_held(&self, now: Instant) -> bool {
        let is_held = self.held_until.is_some_and(|until| now < until);
        let has_other_start = || self.sightings.other_start(&self.me(), now).is_some();
        !self.has_company() && (is_held || has_other_start())
    }

    /// Those of them whose name votes: the others cannot decide anything.
    pub(super) fn voting_rivals(&self, now: Instant) -> BTreeMap<NodeName, BTreeSet<u64>> {
        let mut rivals = self.rivals(now);
        rivals.retain(|name, _| self.adopted.voters.contains(name));
        rivals
    }

    /// Processes with one name that are authorities: each has somebody with it, or decides alone.
    pub(super) fn rivals(&self, now: Instant) -> BTreeMap<NodeName, BTreeSet<u64>> {
        let mut duplicates = self.sightings.duplicates(&self.me(), now);
        if duplicates.is_empty() {
            return duplicates;
        }
        let live: Vec<&NodeFacts> = self.live_facts().collect();
        let mut rivals = rivals(&duplicates, &self.holders(), &live);
        let decides_alone = self.had_quorum
            && !self.has_company()
            && self.adopted.voters.iter().eq([&self.config.me]);
        if decides_alone && let Some((name, alive)) = duplicates.remove_entry(&self.config.me) {
            rivals.insert(name, alive);
        }
        rivals
    }
}
