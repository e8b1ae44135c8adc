//! `/api/v1/processes/…`: one process, wherever it is.

pub mod inspect;
pub mod measure;
pub mod message;
pub mod pause;
pub mod restart;
pub mod resume;
pub mod start;
pub mod state;
pub mod stop;
