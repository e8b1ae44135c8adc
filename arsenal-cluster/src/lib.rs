//! The runtime of an Arsenal node: network, calls, membership, processes, sandboxes.

extern crate self as arsenal_cluster;

#[doc(hidden)]
#[path = "private.rs"]
pub mod __private;
pub mod blueprint;
pub mod blueprint_catalogue;
pub mod prelude;
