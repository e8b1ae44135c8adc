//! What a node knows of one other, and the status that follows. Pure.

use std::{collections::BTreeMap, net::SocketAddr, time::Duration};

use arsenal_core::{membership::NodeStatus, name::NodeName};
use tokio::time::Instant;

use super::facts::NodeFacts;
use crate::{
    endpoint::{PeerState, SUSPECT_AFTER},
    network::Down,
};

/// A heartbeat that was heard within this time is one of now: gossip takes a few rounds. Well below the time
/// after which a silent path is reset, so that the last ones of a node that froze are not.
pub(super) const FRESH: Duration = Duration::from_millis(1_200);

/// For how long gossip may still repeat new heartbeats of a node that has died.
pub(super) const ECHO: Duration = Duration::from_secs(2);

/// How long the first path to a node that was just heard of may take, before others hear it but this
/// node does not.
const JOINING: Duration = Duration::from_secs(5);

/// One start of another node.
#[derive(Clone, Debug)]
pub struct MemberState {
    /// Which start of it; zero where it is expected but was never heard of.
    pub generation: u64,
    /// Where it serves other nodes, once that is known.
    pub address: Option<SocketAddr>,
    /// The path to it, if one is up.
    pub path: Option<PathState>,
    /// When and why the last path ended.
    pub lost: Option<(Instant, Down)>,
    /// What gossip knows of it.
    pub sighting: Option<Sighting>,
    /// What it said of itself last, and when that was heard.
    pub facts: Option<(NodeFacts, Instant)>,
    /// Whom it says not to reach, and since when this node knows it.
    pub cut_since: BTreeMap<NodeName, Instant>,
    /// When this start of it was first heard of.
    pub met_at: Instant,
    /// Its status, as it was judged last.
    pub status: NodeStatus,
    /// Since when it has this status.
    pub since: Instant,
    /// The status that was told last; none before the first.
    pub(super) told: Option<NodeStatus>,
}

/// A path that is up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PathState {
    /// When it came up.
    pub up_since: Instant,
    /// Beats without an answer.
    pub missed: u32,
    /// Round trip of the last answered ping.
    pub round_trip: Option<Duration>,
    /// When the last ping was sent that was answered.
    pub confirmed_at: Instant,
}

/// What gossip knows of a node.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sighting {
    /// Whether it counts as alive.
    pub is_live: bool,
    /// The last heartbeat.
    pub heartbeat: u64,
    /// When that was heard first.
    pub advanced_at: Instant,
}

impl MemberState {
    /// Expected, or just heard of.
    pub(super) const fn never_met(generation: u64, now: Instant) -> Self {
        Self {
            generation,
            address: None,
            path: None,
            lost: None,
            sighting: None,
            facts: None,
            cut_since: BTreeMap::new(),
            met_at: now,
            status: NodeStatus::Down,
            since: now,
            told: None,
        }
    }

    /// It was gone for so long that any start of it may come. Where it was is still looked for it.
    pub(super) fn forget_start(&mut self) {
        let address = self.address;
        *self = Self { address, told: self.told, ..Self::never_met(0, self.since) };
    }

    /// It said this of itself.
    pub(crate) fn told(&mut self, facts: NodeFacts, heard_at: Instant) {
        let known = std::mem::take(&mut self.cut_since);
        let since = |node: &NodeName| known.get(node).copied().unwrap_or(heard_at);
        self.cut_since = facts.unreachable.iter().map(|node| (node.clone(), since(node))).collect();
        self.facts = Some((facts, heard_at));
    }

    /// Whether gossip knows it to be alive.
    pub fn is_heard(&self) -> bool {
        self.sighting.is_some_and(|sighting| sighting.is_live)
    }

    /// Whether its name is its own: it has a path, or its heartbeats are of now. Those that gossip
    /// repeats after its connection was closed are of before.
    pub(super) fn holds_its_name(&self, now: Instant) -> bool {
        let is_fresh = |sighting: &Sighting| {
            let is_echo = matches!(self.lost, Some((at, Down::Closed))
                if sighting.advanced_at < at + ECHO);
            let age = now.saturating_duration_since(sighting.advanced_at);
            sighting.is_live && age < FRESH && !is_echo
        };
        self.path.is_some() || (self.sighting.as_ref().is_some_and(is_fresh) && !self.is_leaving())
    }

    /// The status that follows from what is known.
    pub(super) fn judged(&self, now: Instant) -> NodeStatus {
        match self.path {
            // One ping is always on its way.
            Some(path) if path.missed <= SUSPECT_AFTER => NodeStatus::Up,
            Some(_) => NodeStatus::Suspect,
            None if self.is_leaving() => NodeStatus::Left,
            None => self.judged_without_path(now),
        }
    }

    /// Without a path a node is down, unless others hear it now.
    fn judged_without_path(&self, now: Instant) -> NodeStatus {
        let Some(sighting) = self.sighting.filter(|sighting| sighting.is_live) else {
            return NodeStatus::Down;
        };
        let was_partitioned = self.status == NodeStatus::Partitioned;
        let is_fresh = now.saturating_duration_since(sighting.advanced_at) < FRESH;
        match self.lost {
            None if now.saturating_duration_since(self.met_at) < JOINING => NodeStatus::Suspect,
            // Its process ended, as far as the connection tells. Only a heartbeat from later says
            // that it did not.
            Some((at, Down::Closed)) if sighting.advanced_at < at + ECHO => NodeStatus::Down,
            None | Some(_) if is_fresh || was_partitioned => NodeStatus::Partitioned,
            None | Some(_) => NodeStatus::Down,
        }
    }

    /// Whether the status is news. That a node is down is none before it was ever there, nor while the
    /// first path to it may still come up.
    pub(super) fn is_news(&self, now: Instant) -> bool {
        let is_unreached = self.told == Some(NodeStatus::Suspect) && self.lost.is_none();
        let is_joining = is_unreached && now.saturating_duration_since(self.met_at) < JOINING;
        let is_news_of_death = self.told.is_some() && !is_joining;
        self.told != Some(self.status) && (self.status != NodeStatus::Down || is_news_of_death)
    }

    fn is_leaving(&self) -> bool {
        self.facts.as_ref().is_some_and(|(facts, _)| facts.is_leaving)
    }

    /// Why it has the status that it has, for people.
    pub fn reason(&self) -> &'static str {
        match (self.status, self.lost) {
            (NodeStatus::Up, _) => "it answers",
            (NodeStatus::Suspect, _) if self.path.is_some() => "its last pings have no answer",
            (NodeStatus::Suspect, _) => "it was just heard of, and no path to it is up yet",
            (NodeStatus::Partitioned, _) => "other nodes hear it, but there is no path from here",
            (NodeStatus::Left, _) => "it left",
            (NodeStatus::Down, None) if self.generation == 0 => "it was not met yet",
            (NodeStatus::Down, None) => "it never answered, and nobody else hears it",
            (NodeStatus::Down, Some((_, Down::Closed))) => "its connection was closed",
            (NodeStatus::Down, Some(_)) => "it was silent, and nobody else hears it",
        }
    }
}

impl PathState {
    /// The path as the endpoint counted it.
    pub(super) fn of(state: &PeerState) -> Self {
        Self {
            up_since: state.up_since,
            missed: state.missed,
            round_trip: state.rtt,
            confirmed_at: state.confirmed_at.unwrap_or(state.up_since),
        }
    }

    pub(super) const fn new(now: Instant) -> Self {
        Self { up_since: now, missed: 0, round_trip: None, confirmed_at: now }
    }
}
