//! `/api/v1/groups`

pub mod list;
