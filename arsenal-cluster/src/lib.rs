//! **The runtime of an Arsenal node.**
//!
//! [`node::Node`] owns everything that one member of a cluster needs. It is written against the
//! [`network::Network`] trait; calls and pings are an [`endpoint::Endpoint`] above it, and the agent
//! runs what other nodes ask for. Operations reach all of it through [`node::RuntimeExt`].

mod agent;
pub mod blueprint;
mod clock;
pub mod endpoint;
pub mod membership;
pub mod network;
pub mod node;
pub mod process;
mod resources;
pub mod sandbox;
pub mod topology;

pub use clock::WallClock;
