//! The members that a node knows, kept up to date by events. Pure: no clock, no I/O.

mod judging;
mod names;
#[cfg(test)]
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
    member::{MemberState, PathState, Sighting},
    sightings::Sightings,
    split::{Evidence, Split},
    verdict::VoterConfig,
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

/// How long a member is remembered after it went, and what gossip heard of it: each costs a place in
/// every digest. Of a voter only the start is forgotten: one with a slower clock, or that lost its disk,
/// may come back.
pub(super) const FORGET_AFTER: Duration = Duration::from_mins(15);

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
        let left = self.others.iter().filter(|(_, state)| state.status == NodeStatus::Left);
        let left = left.map(|(name, _)| name.clone()).collect();
        MembershipView { me: self.config.me.clone(), members, left, quorum }
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
            let (status, since, told) = (state.status, state.since, state.told);
            let newcomer = MemberState::never_met(id.generation, now);
            *state = MemberState { status, since, told, ..newcomer };
        }
        Ok(state)
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

    /// Whether there is a path to anybody.
    fn has_company(&self) -> bool {
        self.others.values().any(|state| state.path.is_some())
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
