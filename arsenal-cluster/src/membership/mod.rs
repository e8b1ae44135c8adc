//! Who is in the cluster, as one node sees it, and what may be decided here.
//!
//! Paths tell who answers this node, gossip who is alive to any node. Decisions are pure:
//! [`verdict`] and [`members`] take events and the time, and touch nothing else.

mod change;
mod entries;
mod events;
mod facts;
mod gossip;
mod member;
mod members;
mod sightings;
mod split;
mod verdict;

pub use change::Change;
pub use entries::VALUE_BYTES_MAX;
pub use events::{ClusterEvent, EVENTS_MAX, EventLog};
pub use facts::{
    Electorate, Judgement, NodeCard, NodeFacts, ProcessCounts, Resources, Role, VOTERS_MAX,
};
pub use gossip::{Chitchat, Gossip, Heard};
pub use member::{MemberState, PathState, Sighting};
pub use members::{LEASE, Members, NotTakenIn};
pub use split::{Evidence, Split};
pub use verdict::{STABLE_AFTER, VoterConfig};
