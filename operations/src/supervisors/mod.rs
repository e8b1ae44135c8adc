//! `/api/v1/supervisors`

pub mod list;
