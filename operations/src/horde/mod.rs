//! `/api/v1/horde/…`, after the registry of the ancestor.

pub mod registry;
