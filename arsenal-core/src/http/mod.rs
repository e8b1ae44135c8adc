//! Operations over HTTP: the routes of a catalogue, and nothing about what runs behind them.

mod accept;
mod body;
mod control;
mod distance;
mod documents;
mod drain;
mod events;
mod metrics;
mod near;
mod not_found;
mod refused;
mod respond;
mod router;
mod service;
mod versioned;
mod versioned_document;

#[cfg(test)]
mod tests;

pub use documents::documents_router;
pub use drain::{Refusal, drain};
pub use events::problem_event;
pub use metrics::metrics_router;
pub use not_found::{NotFound, not_found_service};
pub use router::{router, routes};
