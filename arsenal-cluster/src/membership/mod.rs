//! Who is in the cluster, as one node sees it, and what may be decided here.
//!
//! Decisions are pure: [`verdict`] and [`members`] take events and the time, and touch nothing else.

mod facts;
mod members;
mod verdict;

pub use facts::{Electorate, KnownPeer, NodeFacts, ProcessCounts, Resources};
pub use members::{MemberState, Members, NotTakenIn};
pub use verdict::{STABLE_AFTER, VoterConfig};
