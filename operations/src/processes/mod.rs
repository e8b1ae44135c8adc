//! `/api/v1/processes/…`: one process, wherever it is.

pub mod inspect;
pub mod trace;
