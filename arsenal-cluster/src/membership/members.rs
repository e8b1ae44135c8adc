//! The members that a node knows, kept up to date by events. Pure: no clock, no I/O.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
    net::SocketAddr,
    time::Duration,
};

use arsenal_core::{
    membership::{Member, MembershipView, NodeStatus, Quorum, Verdict},
    name::NodeName,
};
use tokio::time::Instant;

use super::{
    facts::{Electorate, NodeFacts},
    verdict::{Seen, VoterConfig, electorate, verdict},
};
use crate::{
    endpoint::SUSPECT_AFTER,
    network::{Peer, PeerId},
};

/// The most members that a node remembers; one beyond is refused and logged.
const MEMBERS_MAX: usize = 1_000;

/// What is known of one other node.
#[derive(Clone, Debug)]
pub struct MemberState {
    /// Which start of it was met last; zero where it is expected but was never met.
    pub generation: u64,
    /// Where it serves other nodes, once it was met.
    pub address: Option<SocketAddr>,
    /// Whether there is a path to it.
    pub has_path: bool,
    /// Beats without an answer.
    pub missed: u32,
    /// Round trip of the last answered ping.
    pub round_trip: Option<Duration>,
    /// What it said of itself last, and when.
    pub facts: Option<(NodeFacts, Instant)>,
    /// Since when its status is what it is.
    pub since: Instant,
}

impl MemberState {
    /// The status that follows.
    pub fn status(&self) -> NodeStatus {
        match (self.has_path, self.missed) {
            // One ping is always on its way.
            (true, missed) if missed <= SUSPECT_AFTER => NodeStatus::Up,
            (true, _) => NodeStatus::Suspect,
            (false, _) => NodeStatus::Down,
        }
    }
}

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
    adopted: Electorate,
    had_quorum: bool,
    live_voters_changed_at: Instant,
    verdict: (Verdict, Instant),
}

impl Members {
    /// Nobody was met yet; configured voters are expected.
    pub fn new(config: VoterConfig, generation: u64, now: Instant) -> Self {
        let expected = config.voters.iter().filter(|voter| **voter != config.me);
        let others = expected.map(|voter| (voter.clone(), never_met(now))).collect();
        let mut members = Self {
            config,
            generation,
            others,
            adopted: Electorate::default(),
            had_quorum: false,
            live_voters_changed_at: now,
            verdict: (Verdict::Forming, now),
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
        let name = &peer.id.name;
        match self.others.get(name) {
            Some(known) if known.generation > peer.id.generation => return Err(NotTakenIn::Old),
            None if self.others.len() >= MEMBERS_MAX => return Err(NotTakenIn::TooMany),
            Some(_) | None => {}
        }
        let state = self.others.entry(name.clone()).or_insert_with(|| never_met(now));
        if state.generation != peer.id.generation {
            *state = never_met(now);
        }
        state.generation = peer.id.generation;
        state.address = Some(peer.address);
        state.has_path = true;
        state.missed = 0;
        state.since = now;
        self.live_changed(name, now);
        self.judge(now);
        Ok(())
    }

    /// The path to a peer is closed; a newer start of it is not concerned.
    pub fn path_down(&mut self, peer: &PeerId, now: Instant) {
        if let Some(state) = self.others.get_mut(&peer.name)
            && state.generation == peer.generation
        {
            state.has_path = false;
            state.missed = 0;
            state.round_trip = None;
            state.since = now;
            self.live_changed(&peer.name, now);
        }
        self.judge(now);
    }

    /// A peer said how it is.
    pub fn facts(&mut self, peer: &PeerId, facts: NodeFacts, now: Instant) {
        if let Some(state) = self.others.get_mut(&peer.name)
            && state.generation == peer.generation
        {
            state.facts = Some((facts, now));
        }
        self.judge(now);
    }

    /// How a path answered pings, as the endpoint counted it.
    pub fn beat(&mut self, peer: &PeerId, missed: u32, round_trip: Option<Duration>, now: Instant) {
        if let Some(state) = self.others.get_mut(&peer.name)
            && state.generation == peer.generation
        {
            let before = state.status();
            state.missed = missed;
            state.round_trip = round_trip;
            if state.status() != before {
                state.since = now;
            }
        }
    }

    /// Time passed: a majority may have become stable.
    pub fn tick(&mut self, now: Instant) {
        self.judge(now);
    }

    /// The snapshot that requests plan with. `time` writes an instant as RFC 3339.
    pub fn view(&self, time: impl Fn(Instant) -> String) -> MembershipView {
        let me = Member {
            name: self.config.me.clone(),
            generation: self.generation,
            status: NodeStatus::Up,
        };
        let others = self.others.iter().map(|(name, state)| Member {
            name: name.clone(),
            generation: state.generation,
            status: state.status(),
        });
        let mut members: Vec<Member> = others.chain([me]).collect();
        members.sort_by(|a, b| a.name.cmp(&b.name));
        let voters = self.electorate().voters;
        let (live, missing): (BTreeSet<NodeName>, BTreeSet<NodeName>) =
            voters.iter().cloned().partition(|voter| self.has_path_to(voter));
        let (verdict, since) = self.verdict;
        let quorum = Quorum { verdict, live, expected: voters, missing, since: time(since) };
        MembershipView { me: self.config.me.clone(), members, quorum }
    }

    /// The voters that this node goes by, as it publishes them.
    pub fn electorate(&self) -> Electorate {
        electorate(&self.config, &self.adopted, &self.live())
    }

    /// All other members, by name.
    pub fn others(&self) -> &BTreeMap<NodeName, MemberState> {
        &self.others
    }

    fn has_path_to(&self, name: &NodeName) -> bool {
        *name == self.config.me || self.others.get(name).is_some_and(|state| state.has_path)
    }

    fn live(&self) -> BTreeMap<NodeName, Electorate> {
        let live = self.others.iter().filter(|(_, state)| state.has_path);
        live.map(|(name, state)| {
            let electorate = state.facts.as_ref().map(|(facts, _)| facts.electorate.clone());
            (name.clone(), electorate.unwrap_or_default())
        })
        .collect()
    }

    /// A node came or went. Only voters count: an observer that comes and goes says nothing about
    /// where the majority is.
    fn live_changed(&mut self, name: &NodeName, now: Instant) {
        if self.electorate().voters.contains(name) {
            self.live_voters_changed_at = now;
        }
    }

    fn judge(&mut self, now: Instant) {
        let live = self.live();
        let electorate = electorate(&self.config, &self.adopted, &live);
        if electorate != self.adopted {
            // Other votes count from now on: what stood before says nothing about them.
            self.live_voters_changed_at = now;
        }
        let seen = Seen {
            live: &live,
            unchanged_for: now.saturating_duration_since(self.live_voters_changed_at),
            had_quorum: self.had_quorum,
        };
        let verdict = verdict(&self.config, &electorate, &seen);
        self.adopted = electorate;
        self.had_quorum |= matches!(verdict, Verdict::Solo | Verdict::Whole | Verdict::Majority);
        if verdict != self.verdict.0 {
            self.verdict = (verdict, now);
        }
    }
}

fn never_met(now: Instant) -> MemberState {
    MemberState {
        generation: 0,
        address: None,
        has_path: false,
        missed: 0,
        round_trip: None,
        facts: None,
        since: now,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::membership::verdict::STABLE_AFTER;

    fn member_a_of_three(now: Instant) -> Members {
        let voters = ["a", "b", "c"].map(|name| name.parse().unwrap()).into();
        Members::new(VoterConfig { me: "a".parse().unwrap(), voters, has_join: true }, 1, now)
    }

    fn verdict_of(members: &Members) -> Verdict {
        members.view(|_| String::new()).quorum.verdict
    }

    fn peer(name: &str, generation: u64) -> Peer {
        Peer {
            id: PeerId { name: name.parse().unwrap(), generation },
            address: ([127, 0, 0, 1], 7000).into(),
        }
    }

    fn statuses(members: &Members) -> String {
        let view = members.view(|_| String::new());
        let text = |member: &Member| format!("{} {:?}", member.name, member.status);
        view.members.iter().map(text).collect::<Vec<_>>().join(", ")
    }

    #[tokio::test(start_paused = true)]
    async fn a_peer_comes_goes_and_comes_back() {
        let now = Instant::now();
        let mut members = member_a_of_three(now);
        assert_eq!(statuses(&members), "a Up, b Down, c Down");
        members.path_up(&peer("b", 1), now).unwrap();
        members.path_up(&peer("c", 1), now).unwrap();
        assert_eq!(verdict_of(&members), Verdict::Whole);
        members.beat(&peer("c", 1).id, SUSPECT_AFTER + 1, None, now);
        assert_eq!(statuses(&members), "a Up, b Up, c Suspect");
        members.path_down(&peer("c", 1).id, now);
        assert_eq!(statuses(&members), "a Up, b Up, c Down");
        members.tick(now + Duration::from_secs(1));
        assert_eq!(verdict_of(&members), Verdict::Unstable);
        members.tick(now + Duration::from_secs(6));
        assert_eq!(verdict_of(&members), Verdict::Majority);
        members.path_up(&peer("c", 2), now + Duration::from_secs(7)).unwrap();
        members.path_down(&peer("c", 1).id, now + Duration::from_secs(8));
        assert_eq!(statuses(&members), "a Up, b Up, c Up", "the end of an old start says nothing");
    }

    #[tokio::test(start_paused = true)]
    async fn an_observer_that_comes_and_goes_does_not_shake_the_majority() {
        let now = Instant::now();
        let mut members = member_a_of_three(now);
        for voter in ["b", "c"] {
            members.path_up(&peer(voter, 1), now).unwrap();
        }
        members.path_down(&peer("c", 1).id, now);
        let later = now + STABLE_AFTER;
        members.path_up(&peer("observer", 1), later).unwrap();
        assert_eq!(verdict_of(&members), Verdict::Majority);
        members.path_down(&peer("observer", 1).id, later);
        assert_eq!(verdict_of(&members), Verdict::Majority);
    }

    #[tokio::test(start_paused = true)]
    async fn an_old_process_that_wakes_up_does_not_replace_its_successor() {
        let now = Instant::now();
        let mut members = member_a_of_three(now);
        members.path_up(&peer("b", 2), now).unwrap();
        assert_eq!(members.path_up(&peer("b", 1), now), Err(NotTakenIn::Old));
        members.path_down(&peer("b", 1).id, now);
        assert_eq!(statuses(&members), "a Up, b Up, c Down");
        members.path_down(&peer("b", 2).id, now);
        assert_eq!(members.path_up(&peer("b", 1), now), Err(NotTakenIn::Old), "nor later");
        assert_eq!(statuses(&members), "a Up, b Down, c Down");
    }
}
