//! **The runtime of an Arsenal node.**
//!
//! [`node::Node`] owns everything that one member of a cluster needs. It is written against the
//! [`network::Network`] trait; calls and pings are an [`endpoint::Endpoint`] above it, and the agent
//! runs what other nodes ask for. Operations reach all of it through [`node::RuntimeExt`].

extern crate self as arsenal_cluster;

#[doc(hidden)]
#[path = "private.rs"]
pub mod __private;
mod agent;
pub mod blueprint;
pub mod blueprint_catalogue;
mod clock;
pub mod connections;
pub mod discovery;
pub mod distribution;
pub mod endpoint;
mod fitting;
pub mod instrument;
pub mod membership;
pub mod message;
pub mod network;
pub mod node;
pub mod partitions;
pub mod prelude;
pub mod process;
pub mod resolution;
mod resources;
pub mod sandbox;
pub mod simulation;
#[cfg(test)]
mod test_log;
mod told;
pub mod topology;
pub mod trace;
mod uptime;

pub use clock::WallClock;
pub use uptime::Uptime;
