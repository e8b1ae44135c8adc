//! `/api/v1/cluster/nodes/{node}…`

pub mod inspect;
pub mod sandbox_shares;
pub mod sandboxes;
