//! `/api/v1/cluster/partitions…`

pub mod resolve;
pub mod show;
