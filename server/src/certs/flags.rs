//! The flags of `arsenal certs`.

use std::{path::PathBuf, time::SystemTime};

use arsenal_core::name::NodeName;
use clap::{Args, Subcommand};

#[derive(Debug, Subcommand)]
pub(crate) enum CertsCommand {
    /// Makes an authority and a certificate for each node, for tests and development
    ///
    /// Writes ca.pem, ca.key and for each node <name>.pem and <name>.key; keys are readable by their
    /// owner only. They hold for a year. No file is ever overwritten. In production let an authority
    /// of yours sign the certificates: the DNS name of each is the name of its node.
    Dev(DevCertsFlags),
}

#[derive(Args, Clone, Debug)]
pub(crate) struct DevCertsFlags {
    /// Folder for the files; made where there is none
    #[arg(long, value_name = "FOLDER")]
    pub(super) dir: PathBuf,

    /// Names of the nodes, separated by commas
    #[arg(long, value_name = "NAMES", value_delimiter = ',', required = true)]
    pub(super) nodes: Vec<NodeName>,

    /// The time from which on the certificates hold.
    #[arg(skip = now())]
    pub(super) now: SystemTime,
}

#[expect(clippy::disallowed_methods, reason = "the clock enters the program here")]
fn now() -> SystemTime {
    SystemTime::now()
}
