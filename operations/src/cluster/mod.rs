//! `/api/v1/cluster/…`

pub mod mode;
pub mod nodes;
pub mod processes;
pub mod sandboxes;
pub mod status;
pub mod topology;
