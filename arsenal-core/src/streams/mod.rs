//! Streams that come from other nodes: of one of them, and of all nodes merged into one.

mod closing;
mod merge;
mod peer;
mod places;
#[cfg(test)]
mod tests;

pub(crate) use closing::{Closing, closed_by};
pub(crate) use merge::merged;
pub(crate) use peer::open_peer;
pub(crate) use places::MergedPlaces;

use crate::{
    error::{InvalidInput, Violation, ViolationPlace},
    headers::LAST_EVENT_ID,
};

/// An id of an event that no stream gave.
pub(crate) fn bad_last_event_id(message: &str) -> InvalidInput {
    InvalidInput::new(vec![Violation::of(ViolationPlace::Header, LAST_EVENT_ID.as_str(), message)])
}
