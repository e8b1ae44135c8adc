//! What a node turned away at its door since it started, counted by reason.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What did not come from a node of this cluster, or could not be told from it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Refusals {
    /// Connections of others that were refused.
    pub connections: RefusedConnections,
    /// Packets of gossip that were dropped.
    pub datagrams: DroppedDatagrams,
}

/// How many connections were refused, by reason.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct RefusedConnections {
    /// All places for those who have not authenticated yet were taken.
    pub too_many: u64,
    /// The other end did not speak TLS, or showed no certificate of this cluster's authority.
    pub no_tls: u64,
    /// The other end said nothing that a node says, or nothing at all.
    pub not_a_node: u64,
    /// The handshake was not over in time: the other end was frozen after it had said who it is, or was
    /// silent where certificates are shown.
    #[serde(default)]
    pub handshake_timed_out: u64,
    /// The other end said who it is, and the connection ended before it proved that it knows the secret.
    /// Nodes of this cluster cause it, too: of two that dial each other, one connection is ended.
    #[serde(default)]
    pub unproved: u64,
    /// The other end left again without a proof that it knows the secret of this cluster, and no node of its
    /// name gave one since.
    pub other_secret: u64,
    /// The other end knows the secret, but its certificate names another node.
    pub misnamed: u64,
    /// The other end knows the secret, but is no Arsenal node.
    #[serde(default)]
    pub no_agent: u64,
    /// Another start of the node is alive and has its name, or it is the name of this node.
    #[serde(default)]
    pub name_held: u64,
    /// A newer start of the node is connected. This is usual where one starts again.
    #[serde(default)]
    pub outdated: u64,
    /// This node could not take it: it has no descriptor left, for instance.
    pub not_accepted: u64,
}

/// How many packets of gossip were dropped, by reason.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct DroppedDatagrams {
    /// No node of this cluster sealed them: they know another secret, or none.
    pub foreign: u64,
    /// They are recordings, or the clock of their sender is too far from this one's.
    pub skewed: u64,
}
