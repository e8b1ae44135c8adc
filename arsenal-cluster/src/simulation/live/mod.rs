//! A simulated cluster that lives beside a real node: paced by the wall clock, so that people can
//! watch it, and broken and mended while it runs.
//!
//! One thread holds the world. It gives the nodes their turns as fast as the wall clock asks for them,
//! and does what it is told in between. [`Simulation`] is the handle; [`Simulations`] is what a real
//! node has: at most one of them, and which cluster its surfaces address.

mod clock;
mod engine;
mod error;
mod faults;
mod model;
mod pace;
mod simulation;
mod simulations;
mod split;
mod start;
#[cfg(test)]
mod tests;

pub use clock::STEP_MS_MAX;
pub use error::SimulationError;
pub use faults::LinkSettings;
pub use model::{
    ClockStatus, EndedSimulation, LinkStatus, NODES_MAX, SEED_MAX, SimulatedNode, SimulatedState,
    SimulationStatus, Stepped,
};
pub use pace::{SPEED_MAX, SPEED_MIN};
pub use simulation::{Obstacle, Simulation, SimulationPlan};
pub use simulations::{Addressed, MakeBuilder, Simulations};
pub use split::Split;
