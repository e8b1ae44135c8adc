//! A node: everything that one member of a cluster needs, put together.

mod background;
mod builder;
mod cluster;
mod context;
mod counting;
mod election;
mod facts;
mod owner;
mod pictures;
mod refresh;
mod running;
mod runtime;
mod spawning;
mod start;
#[cfg(test)]
mod tests;

#[cfg(test)]
pub(crate) use background::BACKGROUND_MAX;
pub use builder::NodeBuilder;
pub use context::RuntimeExt;
pub use election::NotElected;
pub use running::Node;
pub use runtime::NodeRuntime;
pub use spawning::SpawnError;
pub use start::StartError;
