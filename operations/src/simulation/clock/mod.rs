//! `/api/v1/simulation/clock…`

pub mod pause;
pub mod resume;
pub mod speed;
pub mod step;
