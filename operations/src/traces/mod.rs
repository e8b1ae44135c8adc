//! `/api/v1/traces…`: sessions that trace messages between actors.

pub mod create;
pub mod delete;
mod encoded;
pub mod events;
pub mod export;
mod finding;
pub mod inspect;
pub mod list;
mod lost;
mod options;
mod reading;
pub mod shares;
mod split;
mod starting;

pub use encoded::Encoded;
pub use options::TraceOptions;
pub use starting::TraceOnNodes;
pub(crate) use starting::{start, start_from};
