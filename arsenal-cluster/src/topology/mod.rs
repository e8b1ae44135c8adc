//! The cluster as a picture: nodes, what connects them, and the sides of a partition.

mod build;
mod model;

pub(crate) use build::known_node;
pub use build::{node_info, topology};
pub use model::{Connection, NodeInfo, PartitionSide, RegistryInfo, Topology};
