//! `/api/v1/cluster/processes`

pub mod find;
pub mod list;
