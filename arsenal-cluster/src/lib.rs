//! The runtime of an Arsenal node.
//!
//! [`network`] carries frames between nodes, [`endpoint`] makes calls of them.

pub mod endpoint;
pub mod network;
