//! A whole cluster in one process, on virtual time: to rehearse a partition on a laptop, and to try
//! thousands of them in a test.

mod cluster;
mod fault;
pub mod live;
mod world;

pub use cluster::{MakeNode, Place, SimulatedCluster, ended};
pub use fault::Links;
pub use world::{TURN, World};
