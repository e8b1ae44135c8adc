//! `/api/v1/cluster/nodes/{node}…`

pub mod describe;
pub mod inspect;
pub mod process_plans;
pub mod processes;
pub mod sandbox_shares;
pub mod sandboxes;
