//! `arsenal certs dev`: certificates for tests and development.

mod authority;
mod files;
mod flags;

use std::io::Write as _;

pub(crate) use flags::CertsCommand;
use flags::DevCertsFlags;

use arsenal_cluster::network::ractor::{ClusterTls, TlsError};
use arsenal_core::name::NodeName;

use self::{authority::Authority, files::NewFiles};
use crate::{config::ConfigError, run::StartError};

/// What the files of the authority are called.
const AUTHORITY: &str = "ca";

/// Makes what was asked for, and says what it made.
pub(crate) fn run(command: CertsCommand) -> Result<(), StartError> {
    let CertsCommand::Dev(flags) = command;
    let made = make(&flags)?;
    // Nobody is told where standard output is closed.
    let mut stdout = std::io::stdout().lock();
    drop(writeln!(stdout, "written, with keys for their owner only:"));
    for path in made.paths() {
        drop(writeln!(stdout, "{}", path.display()));
    }
    drop(writeln!(stdout, "\n{}", hint(&flags)));
    Ok(())
}

/// All files, or none.
fn make(flags: &DevCertsFlags) -> Result<NewFiles, StartError> {
    check_names(&flags.nodes)?;
    let mut files = NewFiles::in_folder(&flags.dir);
    let authority = Authority::new(flags.now).map_err(anyhow::Error::new)?;
    files.public(&format!("{AUTHORITY}.pem"), authority.certificate());
    files.private(&format!("{AUTHORITY}.key"), authority.key());
    for node in &flags.nodes {
        let issued = authority.issue(node).map_err(anyhow::Error::new)?;
        files.public(&format!("{node}.pem"), issued.certificate);
        files.private(&format!("{node}.key"), issued.key);
    }
    files.write()?;
    Ok(files)
}

/// Whether each node can have a certificate and files of its own.
fn check_names(nodes: &[NodeName]) -> Result<(), ConfigError> {
    for (index, node) in nodes.iter().enumerate() {
        let mistake = if !ClusterTls::can_name(node) {
            TlsError::Name(node.clone()).to_string()
        } else if node.as_str() == AUTHORITY {
            format!("the files of a node `{AUTHORITY}` would be those of the authority")
        } else if nodes.iter().take(index).any(|earlier| earlier == node) {
            format!("`{node}` is there twice")
        } else {
            continue;
        };
        return Err(ConfigError::new(format!("--nodes: {mistake}; nothing was written")));
    }
    Ok(())
}

fn hint(flags: &DevCertsFlags) -> String {
    let folder = flags.dir.display();
    let node = flags.nodes.first().map_or("a", |node| node.as_str());
    format!(
        "for tests and development: the key of the authority (ca.key) lies beside them\n\
         arsenal serve --name {node} --cluster-ca {folder}/ca.pem --cluster-cert {folder}/{node}.pem \
         --cluster-key {folder}/{node}.key"
    )
}
