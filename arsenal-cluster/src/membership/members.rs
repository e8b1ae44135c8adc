//! The members that a node knows, kept up to date by events. Pure: no clock, no I/O.

#[cfg(test)]
#[path = "members_tests.rs"]
mod tests;

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
    time::Duration,
};

use arsenal_core::{
    membership::{Member, MembershipView, NodeStatus, Quorum, Verdict},
    name::NodeName,
};
use tokio::time::Instant;

use super::{
    change::Change,
    facts::{CONFIGURED, Electorate, NodeFacts},
    gossip::Heard,
    member::{ECHO, FRESH, MemberState, PathState, Sighting},
    sightings::Sightings,
    split::{Evidence, Split, evidence, rivals},
    verdict::{Seen, VoterConfig, electorate, verdict},
};
use crate::{
    endpoint::PeerState,
    network::{Down, Peer, PeerId},
};

/// The most members that a node remembers; one beyond is refused and logged.
const MEMBERS_MAX: usize = 1_000;

/// For how long a verdict holds. Judging is four times as frequent, so a verdict that is older was not
/// renewed because the node did not run.
pub const LEASE: Duration = Duration::from_secs(1);

/// For how long a node that did not run waits for its paths to be confirmed. A path that is dead is
/// reset before.
const CONFIRMING_MAX: Duration = Duration::from_secs(4);

/// How long a member is remembered after it went, and what gossip heard of it: each costs a place in
/// every digest. Of a voter only the start is forgotten: one with a slower clock, or that lost its disk,
/// may come back.
pub(super) const FORGET_AFTER: Duration = Duration::from_mins(15);

/// For how long the word of a peer counts that this node is refused. Peers are dialled more often.
const HELD_FOR: Duration = Duration::from_secs(10);

/// For how long processes with one name must have been seen as authorities until that is evidence: one
/// that has died is heard for a while, and who has a path to its successor is known here before there.
const RIVALS_STAND: Duration = FRESH.saturating_add(ECHO);

/// The most refused starts that are remembered, so that each is told once. Where there are more, those
/// are forgotten that gossip has forgotten, and the rest is not told.
const REFUSED_MAX: usize = 64;

/// The most names of which a node tells who holds them: they must fit into one value of gossip.
const HOLDERS_MAX: usize = 32;

/// Why a peer with a path does not become a member.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotTakenIn {
    /// There are too many members to remember it.
    TooMany,
    /// A later start of the same node is known. This is an old process that woke up.
    Old,
}

impl fmt::Display for NotTakenIn {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::TooMany => "there are too many members",
            Self::Old => "a later start of this node is known",
        })
    }
}

impl std::error::Error for NotTakenIn {}

/// All members but this node.
#[derive(Clone, Debug)]
pub struct Members {
    config: VoterConfig,
    generation: u64,
    others: BTreeMap<NodeName, MemberState>,
    sightings: Sightings,
    adopted: Electorate,
    had_quorum: bool,
    live_voters: BTreeSet<NodeName>,
    live_voters_changed_at: Instant,
    split: Option<Split>,
    verdict: (Verdict, Instant),
    judged_at: Instant,
    /// For how long the machine slept since, which no instant shows.
    slept: Duration,
    /// When this node noticed that it had not run. Paths count once they were confirmed since.
    woke_at: Option<Instant>,
    /// Starts that were refused, since another start of their node is alive.
    refused: BTreeSet<PeerId>,
    /// Until when the word of a peer counts that another start of this node is alive.
    held_until: Option<Instant>,
    /// Since when two processes with one name have been seen as authorities.
    rivals_since: Option<Instant>,
    changes: Vec<Change>,
}

impl Members {
    /// Nobody was met yet; configured voters are expected.
    pub fn new(config: VoterConfig, generation: u64, now: Instant) -> Self {
        Self::remembering(Electorate::default(), config, generation, now)
    }

    /// Nobody was met yet. Voters that an operator chose before this start of the node are expected, in
    /// place of configured ones.
    pub fn remembering(
        chosen: Electorate,
        config: VoterConfig,
        generation: u64,
        now: Instant,
    ) -> Self {
        let expected = config.voters.iter().filter(|voter| **voter != config.me);
        let others =
            expected.map(|voter| (voter.clone(), MemberState::never_met(0, now))).collect();
        let mut members = Self {
            config,
            generation,
            others,
            sightings: Sightings::default(),
            adopted: chosen,
            had_quorum: false,
            live_voters: BTreeSet::new(),
            live_voters_changed_at: now,
            split: None,
            verdict: (Verdict::Forming, now),
            judged_at: now,
            slept: Duration::ZERO,
            woke_at: None,
            refused: BTreeSet::new(),
            held_until: None,
            rivals_since: None,
            changes: Vec::new(),
        };
        members.judge(now);
        members
    }

    /// A path to a peer is open.
    ///
    /// # Errors
    ///
    /// The peer is not taken in, and nothing changes.
    pub fn path_up(&mut self, peer: &Peer, now: Instant) -> Result<(), NotTakenIn> {
        let state = self.member(&peer.id, now)?;
        state.address = Some(peer.address);
        state.path = Some(PathState::new(now));
        self.judge(now);
        Ok(())
    }

    /// The path to a peer is closed; a newer start of it is not concerned.
    pub fn path_down(&mut self, peer: &PeerId, why: Down, now: Instant) {
        if let Some(state) = self.same_start(peer) {
            state.path = None;
            state.lost = Some((now, why));
        }
        self.judge(now);
    }

    /// The machine slept for so long, and `now` does not show it.
    pub fn slept(&mut self, time: Duration, now: Instant) {
        self.slept += time;
        if self.slept > LEASE {
            self.judge(now);
        }
    }

    /// How the paths answered pings, as the endpoint counted it. Time passed: a majority may have
    /// become stable.
    pub fn beat(&mut self, peers: &[PeerState], now: Instant) {
        self.notice_pause(now);
        for peer in peers {
            if let Some(state) = self.same_start(&peer.peer.id)
                && state.path.is_some()
            {
                state.path = Some(PathState::of(peer));
            }
        }
        self.judge(now);
    }

    /// What gossip knows.
    pub fn heard(&mut self, all: Vec<Heard>, now: Instant) {
        self.sightings.update(&all, now);
        let mut unheard: BTreeSet<NodeName> = self.others.keys().cloned().collect();
        for heard in all {
            if heard.id.name != self.config.me {
                unheard.remove(&heard.id.name);
                self.take_in(heard, now);
            }
        }
        for name in unheard {
            self.others.get_mut(&name).map(|state| state.sighting.take());
        }
        self.notice_twins(now);
        self.judge(now);
    }

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

    /// Time passed, and nothing else is known.
    pub fn tick(&mut self, now: Instant) {
        self.judge(now);
    }

    /// The version that a list gets which wins over all that were heard of.
    pub fn next_version(&self) -> u64 {
        let told = self.others.values().filter_map(|state| state.facts.as_ref());
        let newest = told.map(|(facts, _)| facts.electorate.version).max().unwrap_or(0);
        let split_at = self.split.as_ref().map_or(0, |split| split.at_version);
        // The first version is that of lists that nobody chose.
        self.adopted.version.max(newest).max(split_at).max(CONFIGURED).saturating_add(1)
    }

    /// An operator chose the voters, of whatever was known: a list that wins over all that were heard of.
    pub fn elect(&mut self, voters: BTreeSet<NodeName>, now: Instant) -> Electorate {
        let version = self.next_version();
        let told = self.others.values().filter_map(|state| state.facts.as_ref());
        let told = told.map(|(facts, _)| &facts.electorate);
        let seen = self.split.iter().filter_map(|split| split.theirs.as_ref());
        let known: Vec<&Electorate> = told.chain(seen).chain([&self.adopted]).collect();
        self.adopted = Electorate::in_place_of(version, voters, &known);
        self.live_voters_changed_at = now;
        let (version, voters) = (version, self.adopted.voters.clone());
        self.changes.push(Change::Voters { version, voters });
        self.judge(now);
        self.adopted.clone()
    }

    /// What happened since the last time.
    pub fn take_changes(&mut self) -> Vec<Change> {
        std::mem::take(&mut self.changes)
    }

    /// The snapshot that requests plan with. `time` writes an instant as RFC 3339.
    pub fn view(&self, time: impl Fn(Instant) -> String) -> MembershipView {
        let me = Member {
            name: self.config.me.clone(),
            generation: self.generation,
            status: NodeStatus::Up,
        };
        let others = self.others.iter().filter(|(_, state)| state.status != NodeStatus::Left);
        let others = others.map(|(name, state)| Member {
            name: name.clone(),
            generation: state.generation,
            status: state.status,
        });
        let mut members: Vec<Member> = others.chain([me]).collect();
        members.sort_by(|a, b| a.name.cmp(&b.name));
        let (verdict, since) = self.verdict;
        let quorum = Quorum {
            verdict,
            live: self.live_voters.clone(),
            expected: self.adopted.voters.clone(),
            missing: self.adopted.voters.difference(&self.live_voters).cloned().collect(),
            since: time(since),
        };
        MembershipView { me: self.config.me.clone(), members, quorum }
    }

    /// Until when the verdict holds; see [`LEASE`].
    pub fn holds_until(&self) -> Instant {
        self.judged_at + LEASE.saturating_sub(self.slept)
    }

    /// The verdict, and since when it stands.
    pub const fn verdict(&self) -> (Verdict, Instant) {
        self.verdict
    }

    /// The voters that this node goes by, as it publishes them.
    pub const fn electorate(&self) -> &Electorate {
        &self.adopted
    }

    /// Two authorities that were seen, and not resolved since.
    pub const fn split(&self) -> Option<&Split> {
        self.split.as_ref()
    }

    /// What shows that two authorities exist: what was seen first, while it is not resolved, and all
    /// that can be seen now.
    pub fn evidence(&self, now: Instant) -> Vec<Evidence> {
        let mut all: Vec<Evidence> =
            self.split.iter().map(|split| split.evidence.clone()).collect();
        for seen in self.seen_now(now) {
            if !all.contains(&seen.evidence) {
                all.push(seen.evidence);
            }
        }
        all
    }

    /// Names under which more than one process has a part of the cluster with it now, and the starts that
    /// they are, whether the name votes or not. One that all refuse is none.
    pub fn duplicates(&self, now: Instant) -> BTreeMap<NodeName, BTreeSet<u64>> {
        self.rivals(now)
    }

    /// All other members, by name; those that left, too, for a while.
    pub const fn others(&self) -> &BTreeMap<NodeName, MemberState> {
        &self.others
    }

    /// The members that live as others say, but to whom no path leads from here.
    pub fn unreachable(&self) -> BTreeSet<NodeName> {
        let cut = self.others.iter().filter(|(_, state)| state.status == NodeStatus::Partitioned);
        cut.map(|(name, _)| name.clone()).collect()
    }

    /// The entry of a peer as it was started last; a newer start takes the place of an older one.
    fn member(&mut self, id: &PeerId, now: Instant) -> Result<&mut MemberState, NotTakenIn> {
        match self.others.get(&id.name) {
            Some(known) if known.generation > id.generation && !self.gives_way(known, id, now) => {
                return Err(NotTakenIn::Old);
            }
            None if self.others.len() >= MEMBERS_MAX => return Err(NotTakenIn::TooMany),
            Some(_) | None => {}
        }
        let entry = self.others.entry(id.name.clone());
        let state = entry.or_insert_with(|| MemberState::never_met(0, now));
        if state.generation != id.generation {
            let (status, since) = (state.status, state.since);
            *state = MemberState { status, since, ..MemberState::never_met(id.generation, now) };
        }
        Ok(state)
    }

    /// The starts of a node that are heard, and to which others that live say that they have a path.
    fn told_holders(&self, name: &NodeName, now: Instant) -> BTreeSet<u64> {
        let told = self.live_facts().filter_map(|facts| facts.judgement.holders.get(name).copied());
        let is_heard = |generation: &u64| {
            self.sightings.is_fresh(&PeerId { name: name.clone(), generation: *generation }, now)
        };
        told.filter(is_heard).collect()
    }

    /// Whether a start that is known here holds its name against another one.
    fn keeps_name(&self, known: &MemberState, other: &PeerId, now: Instant) -> bool {
        let told = self.told_holders(&other.name, now);
        known.path.is_some()
            || told.contains(&known.generation)
            || (!told.contains(&other.generation) && known.holds_its_name(now))
    }

    /// Whether another start takes the place of a later one that is known here: others have a path to
    /// that one, and none to the later.
    fn gives_way(&self, known: &MemberState, other: &PeerId, now: Instant) -> bool {
        self.told_holders(&other.name, now).contains(&other.generation)
            && !self.keeps_name(known, other, now)
    }

    fn me(&self) -> PeerId {
        PeerId { name: self.config.me.clone(), generation: self.generation }
    }

    fn same_start(&mut self, id: &PeerId) -> Option<&mut MemberState> {
        self.others.get_mut(&id.name).filter(|state| state.generation == id.generation)
    }

    fn take_in(&mut self, heard: Heard, now: Instant) {
        let is_known = self.others.get(&heard.id.name);
        let is_held = is_known.is_some_and(|state| {
            state.generation != heard.id.generation && self.keeps_name(state, &heard.id, now)
        });
        let is_news = is_known.is_none_or(|state| {
            state.generation != heard.id.generation
                && (state.generation > 0 || is_long_gone(state, now))
        });
        // Whoever was dead before this node came is nobody that it knows, nor takes another's place; and
        // who holds a name keeps it while it lives.
        if is_held || (!heard.is_live && is_news) {
            return;
        }
        let advanced_at = self.sightings.advanced_at(&heard.id).unwrap_or(now);
        let Ok(state) = self.member(&heard.id, now) else { return };
        let (is_live, heartbeat) = (heard.is_live, heard.heartbeat);
        state.sighting = Some(Sighting { is_live, heartbeat, advanced_at });
        state.address = Some(heard.address);
        if let Some(facts) = heard.facts
            && (is_live || state.facts.is_none())
        {
            state.told(facts, advanced_at);
        }
    }

    /// Tells of processes whose name another one holds.
    fn notice_twins(&mut self, now: Instant) {
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

    /// Whether there is a path to anybody.
    fn has_company(&self) -> bool {
        self.others.values().any(|state| state.path.is_some())
    }

    /// Whether a vote may be the one of another process with the same name: of this node, while nobody
    /// has a path to it, or of two that seem to be authorities.
    fn is_contested(&self, now: Instant) -> bool {
        let is_held = self.held_until.is_some_and(|until| now < until);
        let has_other_start = self.sightings.other_start(&self.me(), now).is_some();
        self.rivals_since.is_some() || (!self.has_company() && (is_held || has_other_start))
    }

    /// Those of them whose name votes: the others cannot decide anything.
    fn voting_rivals(&self, now: Instant) -> BTreeMap<NodeName, BTreeSet<u64>> {
        let mut rivals = self.rivals(now);
        rivals.retain(|name, _| self.adopted.voters.contains(name));
        rivals
    }

    /// Processes with one name that are authorities: each has somebody with it, or decides alone.
    fn rivals(&self, now: Instant) -> BTreeMap<NodeName, BTreeSet<u64>> {
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

    /// A verdict that was not renewed in time is one of before a pause: paths count again when they
    /// were confirmed since.
    fn notice_pause(&mut self, now: Instant) {
        let pause = now.saturating_duration_since(self.judged_at) + self.slept;
        if pause > LEASE {
            self.woke_at = Some(now);
            // Noticed once.
            self.judged_at = now;
            self.slept = Duration::ZERO;
            let for_ms = u64::try_from(pause.as_millis()).unwrap_or(u64::MAX);
            self.changes.push(Change::Paused { for_ms });
        }
    }

    fn judge(&mut self, now: Instant) {
        self.notice_pause(now);
        self.judged_at = now;
        self.slept = Duration::ZERO;
        self.held_until = self.held_until.filter(|until| now < *until && !self.has_company());
        self.judge_statuses(now);
        self.forget(now);
        self.choose_voters(now);
        self.look_for_split(now);
        self.judge_verdict(now);
    }

    fn judge_statuses(&mut self, now: Instant) {
        for (name, state) in &mut self.others {
            let status = state.judged(now);
            if status == state.status {
                continue;
            }
            let before = Some(std::mem::replace(&mut state.status, status));
            state.since = now;
            let (node, generation) = (name.clone(), state.generation);
            let reason = state.reason().to_owned();
            self.changes.push(Change::NodeStatus { node, generation, before, status, reason });
        }
    }

    fn forget(&mut self, now: Instant) {
        let gone = self.others.iter().filter(|(_, state)| is_long_gone(state, now));
        let gone: Vec<NodeName> = gone.map(|(name, _)| name.clone()).collect();
        for node in gone {
            if !self.adopted.voters.contains(&node) {
                self.others.remove(&node);
                self.changes.push(Change::NodeForgotten { node });
            } else if let Some(state) = self.others.get_mut(&node) {
                state.forget_start();
            }
        }
    }

    fn choose_voters(&mut self, now: Instant) {
        let told = self.live_facts().map(|facts| &facts.electorate);
        let chosen = electorate(&self.config, &self.adopted, told);
        if chosen != self.adopted {
            // Other votes count from now on: what stood before says nothing about them.
            self.live_voters_changed_at = now;
            let (version, voters) = (chosen.version, chosen.voters.clone());
            self.changes.push(Change::Voters { version, voters });
            self.adopted = chosen;
        }
        for voter in self.adopted.voters.iter().filter(|voter| **voter != self.config.me) {
            let entry = self.others.entry(voter.clone());
            entry.or_insert_with(|| MemberState::never_met(0, now));
        }
    }

    fn look_for_split(&mut self, now: Instant) {
        let has_rivals = !self.voting_rivals(now).is_empty();
        self.rivals_since = has_rivals.then(|| self.rivals_since.unwrap_or(now));
        let seen = self.seen_now(now).into_iter().next();
        let was_split = self.split.is_some();
        let standing = self.split.take().filter(|split| !split.is_resolved_by(&self.adopted));
        self.split = standing.or(seen);
        match (&self.split, was_split) {
            (Some(split), false) => {
                self.changes.push(Change::SplitBrain { evidence: split.evidence.clone() });
            }
            (None, true) => self.changes.push(Change::SplitBrainResolved),
            (Some(_), true) | (None, false) => {}
        }
    }

    /// Evidence of two authorities, as it is now.
    fn seen_now(&self, now: Instant) -> Vec<Split> {
        let live: Vec<&NodeFacts> = self.live_facts().collect();
        let have_stood = self.rivals_since.is_some_and(|since| now >= since + RIVALS_STAND);
        let rivals = if have_stood { self.voting_rivals(now) } else { BTreeMap::new() };
        evidence(&self.adopted, &live, &rivals)
    }

    fn judge_verdict(&mut self, now: Instant) {
        let live = self.confirmed_voters(now);
        if live != self.live_voters {
            self.live_voters = live;
            self.live_voters_changed_at = now;
        }
        let seen = Seen {
            live: &self.live_voters,
            has_company: self.has_company(),
            unchanged_for: now.saturating_duration_since(self.live_voters_changed_at),
            had_quorum: self.had_quorum,
            is_confirming: self.woke_at.is_some(),
            is_split: self.split.is_some(),
            is_contested: self.is_contested(now),
        };
        let verdict = verdict(&self.config.me, &self.adopted, &seen);
        self.had_quorum |= matches!(verdict, Verdict::Solo | Verdict::Whole | Verdict::Majority);
        if verdict != self.verdict.0 {
            let before = self.verdict.0;
            self.verdict = (verdict, now);
            let missing = self.adopted.voters.difference(&self.live_voters).cloned().collect();
            self.changes.push(Change::Verdict { before, verdict, missing });
        }
    }

    /// The voters with a path; after a pause only those that have answered since.
    fn confirmed_voters(&mut self, now: Instant) -> BTreeSet<NodeName> {
        let paths: Vec<(&NodeName, PathState)> =
            self.others.iter().filter_map(|(name, state)| Some((name, state.path?))).collect();
        let is_confirmed =
            |path: &PathState| self.woke_at.is_none_or(|woke_at| path.confirmed_at > woke_at);
        let confirmed = paths.iter().filter(|(_, path)| is_confirmed(path));
        let mut live: BTreeSet<NodeName> = confirmed.map(|(name, _)| (*name).clone()).collect();
        let is_over = self.woke_at.is_some_and(|woke_at| now >= woke_at + CONFIRMING_MAX);
        if live.len() == paths.len() || is_over {
            self.woke_at = None;
        }
        live.insert(self.config.me.clone());
        live.retain(|name| self.adopted.voters.contains(name));
        live
    }

    /// What the nodes that live say of themselves, with a path or without.
    fn live_facts(&self) -> impl Iterator<Item = &NodeFacts> {
        let live = self.others.values().filter(|state| state.path.is_some() || state.is_heard());
        live.filter_map(|state| state.facts.as_ref()).map(|(facts, _)| facts)
    }
}

fn is_long_gone(state: &MemberState, now: Instant) -> bool {
    matches!(state.status, NodeStatus::Down | NodeStatus::Left)
        && now.saturating_duration_since(state.since) >= FORGET_AFTER
}
