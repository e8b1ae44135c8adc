//! What every node tells every other, through others where it must.
//!
//! [`Gossip`] spreads a node's own facts and knows who is alive anywhere in the cluster. It says
//! nothing of whether this node reaches them: that is for paths to tell.

mod chitchat;
mod socket;

use std::{collections::BTreeMap, net::SocketAddr};

use bytes::Bytes;
use futures_util::future::BoxFuture;

pub use self::chitchat::Chitchat;
use super::facts::NodeFacts;
use crate::network::PeerId;

/// One other node, as gossip knows it.
#[derive(Clone, Debug, PartialEq)]
pub struct Heard {
    /// Who it is.
    pub id: PeerId,
    /// Where it listens.
    pub address: SocketAddr,
    /// Whether it is alive, as far as its heartbeats tell.
    pub is_live: bool,
    /// Counts up while it lives.
    pub heartbeat: u64,
    /// What it says of itself, once that came.
    pub facts: Option<NodeFacts>,
}

/// Spreads facts.
pub trait Gossip: Send + Sync {
    /// Tells these entries from now on, instead of the last ones, and gives what was heard of all
    /// others. Nothing is waited for but a lock.
    fn exchange(&self, own: BTreeMap<&'static str, String>) -> BoxFuture<'_, Vec<Heard>>;

    /// Introduces this node to whoever is at an address.
    fn introduce(&self, to: SocketAddr);

    /// A datagram came for it.
    fn datagram(&self, from: SocketAddr, bytes: Bytes);

    /// Ends it: nothing is told or heard any more, and nothing begins anew.
    fn end(&self);

    /// How often it had to begin anew, because it had broken.
    fn restarts(&self) -> u32;
}
