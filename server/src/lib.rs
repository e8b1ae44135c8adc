//! The `arsenal` program as a library, so that a program with further operations is three lines.

mod certs;
mod command_line;
mod config;
mod connections;
mod credentials;
mod data_dir;
mod dev;
mod discovery;
mod embedding;
mod lifeline;
mod logs;
mod middleware;
mod mode;
mod pages;
mod program;
mod run;
mod shutdown;

/// What the actors of the demo workload understand, for operations that talk to them.
pub mod demo {
    pub use crate::dev::workload::{
        CounterMessage, FragileMessage, StuckMessage, TickerMessage, TreeMessage,
    };
}

use std::process::ExitCode;

pub use arsenal_cluster::node::NodeBuilder;
pub use embedding::{Embedded, Embedding, EmbeddingError};
pub use program::Program;

arsenal_core::operations!(arsenal_operations);

/// Runs the `arsenal` program with every operation that is linked into the calling one: reads the
/// command line, and returns the exit code when the node or the development cluster has ended.
///
/// ```no_run
/// fn main() -> std::process::ExitCode {
///     arsenal_server::run()
/// }
/// ```
///
/// [`Program`] gives the nodes more than their settings.
pub fn run() -> ExitCode {
    Program::new().run()
}

/// The guide, whose programs are compiled with the doctests.
#[cfg(doctest)]
#[doc = include_str!("../../docs/adding-an-operation.md")]
struct AddingAnOperation;

/// The guide to actors, likewise.
#[cfg(doctest)]
#[doc = include_str!("../../docs/actors.md")]
struct Actors;
