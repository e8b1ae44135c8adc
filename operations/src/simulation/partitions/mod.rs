//! `/api/v1/simulation/partitions`

pub mod create;
pub mod heal;
