//! `/api/v1/traces…`: sessions that trace messages between actors.

pub mod create;
pub mod delete;
pub mod events;
pub mod export;
pub mod inspect;
pub mod list;
mod reading;
pub mod shares;
mod starting;

pub(crate) use starting::start;
pub use starting::{StartedTrace, TraceOptions};
