//! `/api/v1/cluster/…`

pub mod connections;
pub mod distribution;
pub mod events;
pub mod failures;
pub mod mode;
pub mod nodes;
pub mod partitions;
pub mod processes;
pub mod sandboxes;
pub mod status;
pub mod supervision_trees;
pub mod topology;
