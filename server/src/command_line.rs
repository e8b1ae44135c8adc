//! The command line: `arsenal dev`, `arsenal serve`, and what follows from each.

use std::{env, io::Write as _, process::ExitCode};

use clap::{Parser, Subcommand};

use crate::{
    config::{ServeConfig, ServeFlags},
    dev::{self, DevFlags},
    logs,
    program::Equipment,
    run::{self, StartError},
};

/// Operates a cluster of actors: annotated functions, served over HTTP on every node.
#[derive(Debug, Parser)]
#[command(
    name = "arsenal",
    version,
    after_help = "Without a command, `arsenal dev` runs: three nodes on this machine with something to look at."
)]
pub(crate) struct CommandLine {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Runs a cluster of several node processes on this machine, with a demo workload
    ///
    /// Prints where each node serves HTTP and commands to try. The nodes are ordinary `arsenal serve`
    /// processes; all of them end with this one, but for those that you start again yourself.
    Dev(DevFlags),

    /// Runs one node
    ///
    /// Settings come from flags, then environment variables (`--http` is `ARSENAL_HTTP`), then the
    /// configuration file (TOML, its keys are the long flags), then defaults. At its first start the
    /// node makes a token for HTTP clients and, where it joins nobody, a secret for the cluster.
    Serve(Box<ServeFlags>),
}

impl CommandLine {
    /// Does what was asked for. Errors go to standard error: exit code 2 where the command line or
    /// the configuration is wrong, 1 where something failed.
    pub(crate) fn execute(self, equipment: Equipment) -> ExitCode {
        let done = match self.command {
            None => return Self::parse_from(["arsenal", "dev"]).execute(equipment),
            Some(Command::Dev(flags)) => on_runtime(dev::run(flags)),
            Some(Command::Serve(flags)) => serve(*flags, equipment),
        };
        match done {
            Ok(()) => ExitCode::SUCCESS,
            Err(StartError::Config(error)) => fail(&error.to_string(), 2),
            Err(StartError::Failed(error)) => fail(&format!("{error:#}"), 1),
        }
    }
}

fn serve(flags: ServeFlags, equipment: Equipment) -> Result<(), StartError> {
    let config = ServeConfig::load(flags, |name| env::var(name).ok())?;
    logs::start(config.name.as_str(), &config.log);
    on_runtime(run::serve(config, equipment))
}

fn on_runtime(work: impl Future<Output = Result<(), StartError>>) -> Result<(), StartError> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(anyhow::Error::new)?;
    runtime.block_on(work)
}

/// Nobody is told where standard error is closed, and nothing else can be done about it.
fn fail(message: &str, code: u8) -> ExitCode {
    let mut stderr = std::io::stderr().lock();
    for line in message.lines() {
        drop(writeln!(stderr, "arsenal: {line}"));
    }
    ExitCode::from(code)
}
