//! A node: everything that one member of a cluster needs, put together.

mod builder;
mod context;
mod election;
mod pictures;
mod refresh;
mod runtime;
#[cfg(test)]
mod tests;

pub use builder::{Node, NodeBuilder, StartError};
pub use context::RuntimeExt;
pub use election::NotElected;
pub use runtime::{NodeRuntime, SpawnError};
