//! The scenarios: what a cluster lives through, and how it must look and answer then. Committed data,
//! used by both stages and shown in `docs/scenarios.md`.

mod authorities;
mod bounds;
mod deaths;
mod links;
mod members;
mod partitions;
mod pauses;
mod requests;

use crate::{scene::Scene, stage::Plan};

/// One of them.
#[derive(Clone, Copy)]
pub(crate) struct Scenario {
    pub(crate) name: &'static str,
    /// What it shows, in one line.
    pub(crate) shows: &'static str,
    pub(crate) needs: Needs,
    /// The nodes that take part.
    pub(crate) nodes: fn() -> Vec<Plan>,
    pub(crate) play: fn(&mut Scene<'_>),
}

/// What a stage must be able to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Needs {
    /// Processes and signals.
    Nothing,
    /// Links that can be cut.
    Cuts,
    /// Links that can be slow.
    Delays,
}

/// All scenarios, by theme.
pub(crate) fn all() -> Vec<Scenario> {
    [
        members::SCENARIOS,
        deaths::SCENARIOS,
        pauses::SCENARIOS,
        links::SCENARIOS,
        partitions::SCENARIOS,
        authorities::SCENARIOS,
        requests::SCENARIOS,
        bounds::SCENARIOS,
    ]
    .concat()
}

/// The three nodes that most scenarios are played with.
fn three() -> Vec<Plan> {
    crate::stage::voters(&["a", "b", "c"])
}
