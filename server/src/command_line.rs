//! The command line: `arsenal dev`, `arsenal serve`, and what follows from each.

use std::{env, ffi::OsString, io::Write as _, process::ExitCode};

use clap::{CommandFactory as _, FromArgMatches as _, Parser, Subcommand};

use crate::{
    certs::{self, CertsCommand},
    config::{ServeConfig, ServeFlags},
    dev::{self, DevFlags},
    logs,
    program::{Equipment, Title},
    run::{self, StartError},
};

/// Operates a cluster of actors: annotated functions, served over HTTP on every node.
#[derive(Debug, Parser)]
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

    /// Makes certificates, with which nodes encrypt their connections
    #[command(subcommand)]
    Certs(CertsCommand),
}

impl CommandLine {
    /// Reads what the program was started with; its name comes first.
    ///
    /// # Errors
    /// It is wrong, or asks for help or the version.
    pub(crate) fn read(
        title: Title,
        arguments: impl IntoIterator<Item = OsString>,
    ) -> Result<Self, clap::Error> {
        let Title { name, version } = title;
        let after_help = format!(
            "Without a command, `{name} dev` runs: three nodes on this machine with something to look at."
        );
        let mut command = Self::command().name(name).version(version).after_help(after_help);
        let matches = command.try_get_matches_from_mut(arguments)?;
        Self::from_arg_matches(&matches).map_err(|error| error.format(&mut command))
    }

    /// Does what was asked for. Errors go to standard error: exit code 2 where the command line or
    /// the configuration is wrong, 1 where something failed.
    pub(crate) fn execute(self, title: Title, equipment: Equipment) -> ExitCode {
        let done = match self.command {
            None => return Self::parse_from([title.name, "dev"]).execute(title, equipment),
            Some(Command::Dev(flags)) => on_runtime(dev::run(flags)),
            Some(Command::Certs(command)) => certs::run(command),
            Some(Command::Serve(flags)) => serve(*flags, equipment),
        };
        match done {
            Ok(()) => ExitCode::SUCCESS,
            Err(StartError::Config(error)) => fail(title, &error.to_string(), 2),
            Err(StartError::Failed(error)) => fail(title, &format!("{error:#}"), 1),
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
fn fail(title: Title, message: &str, code: u8) -> ExitCode {
    let mut stderr = std::io::stderr().lock();
    for line in message.lines() {
        drop(writeln!(stderr, "{}: {line}", title.name));
    }
    ExitCode::from(code)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHOP: Title = Title { name: "shop", version: "2.1.0" };

    fn said(arguments: &[&str]) -> String {
        CommandLine::read(SHOP, arguments.iter().map(OsString::from)).unwrap_err().to_string()
    }

    #[test]
    fn a_program_tells_its_own_name_and_version() {
        assert_eq!(said(&["/usr/bin/other", "--version"]), "shop 2.1.0\n");
        let help = said(&["shop", "--help"]);
        assert!(help.contains("`shop dev`") && help.contains("Usage: shop "), "{help}");
        assert!(said(&["shop", "sevre"]).contains("unrecognized subcommand 'sevre'"));
    }
}
