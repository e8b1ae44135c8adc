//! What connects one node with others, and why something does not. Pure.

use std::{collections::BTreeMap, net::SocketAddr};

use arsenal_core::{duration::milliseconds, membership::NodeStatus, name::NodeName};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tokio::time::Instant;

use crate::{
    discovery::Discovery,
    endpoint::PeerState,
    membership::MemberState,
    network::{Attempt, Peer, Refusals},
};

/// The connections of one node.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Connections {
    /// The node that was asked.
    pub node: NodeName,
    /// Where it serves other nodes.
    pub address: SocketAddr,
    /// Its paths to others, by name.
    pub paths: Vec<PathInfo>,
    /// The addresses that it wants to reach and does not, and why.
    pub failures: Vec<DialFailure>,
    /// The members that it has no path to, and why.
    pub unreached: Vec<Unreached>,
    /// Where it looks for others, and what came of it.
    pub discoveries: Vec<Discovery>,
    /// How many requests of others it refused because their deadline had passed before they ran.
    pub late_refused: u64,
    /// How many frames of others it could not read.
    pub malformed: u64,
    /// What it turned away since it started, by reason.
    #[serde(default)]
    pub refused: Refusals,
    /// When this picture was taken (RFC 3339).
    pub updated_at: String,
}

/// A path that is up.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct PathInfo {
    /// The node at its other end.
    pub node: NodeName,
    /// Which start of it.
    pub generation: u64,
    /// Where that node serves others.
    pub address: SocketAddr,
    /// `up`, or `suspect` while pings have no answer.
    pub status: NodeStatus,
    /// When the path came up (RFC 3339).
    pub up_since: String,
    /// Round trip of the last answered ping, in ms; absent until one was answered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub round_trip_ms: Option<f64>,
    /// Pings that were sent since the last one that was answered. One is usual: it is on its way.
    pub missed: u32,
    /// When the last ping was sent that was answered (RFC 3339).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub confirmed_at: Option<String>,
    /// Calls of this node that wait for the other one.
    pub calls_in_flight: usize,
    /// Streams of the other node that this one reads.
    pub streams_opened: usize,
    /// Streams of this node that the other one reads.
    pub streams_served: usize,
}

/// A member without a path from here.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Unreached {
    /// The member.
    pub node: NodeName,
    /// Its status, as this node sees it.
    pub status: NodeStatus,
    /// Since when (RFC 3339).
    pub since: String,
    /// Why, for people.
    pub reason: String,
    /// Whether it is being dialled.
    pub is_dialled: bool,
}

/// An address that cannot be reached.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct DialFailure {
    /// The address.
    pub address: SocketAddr,
    /// The node that was last heard of there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub node: Option<NodeName>,
    /// The kind of the reason: `connect`, `connect_timed_out`, `handshake_timed_out`,
    /// `handshake_closed`, `other_secret`, `no_agent`, `own_name`, `outdated`, …
    pub code: String,
    /// The reason of the last failure, for people.
    pub reason: String,
    /// How many dials failed one after the other.
    pub count: u32,
    /// When the first of them failed (RFC 3339).
    pub failed_since: String,
    /// The time until the next dial, in ms; zero while one is in flight.
    pub next_try_in_ms: u64,
}

/// What a node knows of its wires.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Wires<'a> {
    /// Who it is.
    pub(crate) me: &'a Peer,
    pub(crate) peers: &'a [PeerState],
    pub(crate) attempts: &'a [Attempt],
    pub(crate) others: &'a BTreeMap<NodeName, MemberState>,
    pub(crate) late_refused: u64,
    pub(crate) malformed: u64,
    pub(crate) refused: Refusals,
}

/// The picture. `time` writes an instant as RFC 3339.
pub(crate) fn connections(
    wires: Wires<'_>,
    discoveries: Vec<Discovery>,
    now: Instant,
    time: impl Fn(Instant) -> String,
) -> Connections {
    let mut failures: Vec<DialFailure> =
        wires.attempts.iter().map(|attempt| failure(attempt, wires.others, &time)).collect();
    failures.sort_by_key(|failure| failure.address);
    Connections {
        node: wires.me.id.name.clone(),
        address: wires.me.address,
        paths: wires.peers.iter().map(|peer| path(peer, wires.others, &time)).collect(),
        unreached: unreached(wires.others, &failures, &time),
        failures,
        discoveries,
        late_refused: wires.late_refused,
        malformed: wires.malformed,
        refused: wires.refused,
        updated_at: time(now),
    }
}

fn unreached(
    others: &BTreeMap<NodeName, MemberState>,
    failures: &[DialFailure],
    time: &impl Fn(Instant) -> String,
) -> Vec<Unreached> {
    let is_failing = |node| failures.iter().any(|failure| failure.node.as_ref() == Some(node));
    let without_path = others.iter().filter(|(_, state)| state.path.is_none());
    let unreached = without_path.map(|(node, state)| Unreached {
        node: node.clone(),
        status: state.status,
        since: time(state.since),
        reason: state.reason().to_owned(),
        is_dialled: state.is_heard() || is_failing(node),
    });
    unreached.collect()
}

fn path(
    peer: &PeerState,
    others: &BTreeMap<NodeName, MemberState>,
    time: &impl Fn(Instant) -> String,
) -> PathInfo {
    let id = &peer.peer.id;
    PathInfo {
        node: id.name.clone(),
        generation: id.generation,
        address: peer.peer.address,
        status: others.get(&id.name).map_or(NodeStatus::Up, |state| state.status),
        up_since: time(peer.up_since),
        round_trip_ms: peer.rtt.map(|round_trip| round_trip.as_secs_f64() * 1_000.0),
        missed: peer.missed,
        confirmed_at: peer.confirmed_at.map(time),
        calls_in_flight: peer.calls_in_flight,
        streams_opened: peer.streams_opened,
        streams_served: peer.streams_served,
    }
}

fn failure(
    attempt: &Attempt,
    others: &BTreeMap<NodeName, MemberState>,
    time: &impl Fn(Instant) -> String,
) -> DialFailure {
    let there = others.iter().find(|(_, state)| state.address == Some(attempt.address));
    DialFailure {
        address: attempt.address,
        node: there.map(|(name, _)| name.clone()),
        code: attempt.reason.code().to_owned(),
        reason: attempt.reason.to_string(),
        count: attempt.count,
        failed_since: time(attempt.failed_since),
        next_try_in_ms: milliseconds(attempt.next_try_in),
    }
}

#[cfg(test)]
mod tests {
    use std::{io::ErrorKind, time::Duration};

    use super::*;
    use crate::{
        membership::samples::{name, stranger},
        network::{DialError, PeerId},
    };

    #[test]
    fn a_failed_dial_names_the_node_that_was_there() {
        let now = Instant::now();
        let at = |port: u16| SocketAddr::from(([127, 0, 0, 1], port));
        let mut b = stranger(now);
        b.address = Some(at(7001));
        let attempt = |port, reason| Attempt {
            address: at(port),
            reason,
            count: 3,
            failed_since: now,
            next_try_in: Duration::from_millis(250),
        };
        let attempts = [
            attempt(7002, DialError::HandshakeClosed),
            attempt(7001, DialError::Connect(ErrorKind::ConnectionRefused)),
        ];
        let me = Peer { id: PeerId { name: name("a"), generation: 1 }, address: at(7000) };
        let others = [(name("b"), b)].into();
        let wires = Wires {
            me: &me,
            peers: &[],
            attempts: &attempts,
            others: &others,
            late_refused: 0,
            malformed: 0,
            refused: Refusals::default(),
        };
        let shown = connections(wires, Vec::new(), now, |_| String::from("now"));
        let told: Vec<(Option<&str>, &str)> = shown
            .failures
            .iter()
            .map(|one| (one.node.as_ref().map(NodeName::as_str), one.code.as_str()))
            .collect();
        assert_eq!(told, [(Some("b"), "connect"), (None, "handshake_closed")]);
        assert_eq!(shown.failures[0].next_try_in_ms, 250);
        assert!(shown.failures[0].reason.contains("connection refused"), "{shown:?}");
    }
}
