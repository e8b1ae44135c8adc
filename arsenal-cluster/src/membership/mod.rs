//! Who is in the cluster, as one node sees it, and what may be decided here.
//!
//! Paths tell who answers this node, gossip who is alive to any node. Decisions are pure:
//! [`verdict`] and [`members`] take events and the time, and touch nothing else.

mod change;
mod entries;
mod event_filter;
mod event_id;
mod event_watch;
mod events;
mod facts;
mod gossip;
mod lineage;
mod member;
mod members;
#[cfg(test)]
pub(crate) mod samples;
mod sightings;
mod split;
mod verdict;
mod voter_store;

pub use change::{Change, Missed};
pub use entries::VALUE_BYTES_MAX;
pub use event_filter::{EventFilter, EventKind};
pub use event_id::{EventId, InvalidEventId};
pub use event_watch::{NeverTold, watch_events};
pub use events::{ClusterEvent, EVENTS_MAX, EventLog};
pub use facts::{
    Electorate, Judgement, NodeCard, NodeFacts, ProcessCounts, Resources, Role, VOTERS_MAX,
};
pub use gossip::{Chitchat, Gossip, Heard};
pub use lineage::ListId;
pub use member::{MemberState, PathState, Sighting};
pub use members::{LEASE, Members, NotTakenIn};
pub use split::{Evidence, Split};
pub use verdict::{STABLE_AFTER, VoterConfig};
pub use voter_store::VoterStore;
