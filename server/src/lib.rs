//! The `arsenal` program as a library, so that a program with further operations is three lines.

mod command_line;
mod config;
mod connections;
mod credentials;
mod data_dir;
mod dev;
mod lifeline;
mod logs;
mod middleware;
mod pages;
mod run;
mod shutdown;

/// What the actors of the demo workload understand, for operations that talk to them.
pub mod demo {
    pub use crate::dev::workload::{CounterMessage, FragileMessage, TickerMessage, TreeMessage};
}

use std::process::ExitCode;

use clap::Parser as _;

arsenal_core::operations!(arsenal_operations);

/// Runs the `arsenal` program with every operation that is linked into the calling one: reads the
/// command line, and returns the exit code when the node or the development cluster has ended.
///
/// ```no_run
/// fn main() -> std::process::ExitCode {
///     arsenal_server::run()
/// }
/// ```
pub fn run() -> ExitCode {
    match command_line::CommandLine::try_parse() {
        Ok(command_line) => command_line.execute(),
        Err(refusal) => {
            // Help and version are refusals, too; where nobody can read them, the exit code is left.
            drop(refusal.print());
            ExitCode::from(u8::try_from(refusal.exit_code()).unwrap_or(2))
        }
    }
}
