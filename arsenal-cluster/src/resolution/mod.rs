//! An operator says which voters decide from now on: what that would do, and what it did.
//!
//! A list that was chosen has a higher version than all lists before it, so that every node that hears
//! of it goes by it; see [`crate::membership::Split`].

mod adopt;
mod model;
mod plan;
mod warnings;

#[cfg(test)]
mod tests;

pub(crate) use adopt::adopted;
pub use model::{Resolution, VoterList};
pub use plan::VotersRefused;
pub(crate) use plan::{Plan, plan, refused};
