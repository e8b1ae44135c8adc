//! Streams that come from other nodes: of one of them, and of all nodes merged into one.

mod merge;
mod peer;
mod places;
#[cfg(test)]
mod tests;

pub(crate) use merge::merged;
pub(crate) use peer::open_peer;
pub(crate) use places::MergedPlaces;

use crate::error::{InvalidInput, Violation, ViolationPlace};

/// The header by which a client resumes a stream.
pub(crate) const LAST_EVENT_ID: &str = "last-event-id";

/// An id of an event that no stream gave.
pub(crate) fn bad_last_event_id(message: &str) -> InvalidInput {
    InvalidInput::new(vec![Violation::of(ViolationPlace::Header, LAST_EVENT_ID, message)])
}
