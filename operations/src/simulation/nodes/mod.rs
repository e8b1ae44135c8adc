//! `/api/v1/simulation/nodes/{node}…`: what is done to simulated nodes. Done twice, it changes nothing
//! and is no error.

pub mod fail;
pub mod freeze;
pub mod recover;
pub mod thaw;
