//! `arsenal certs dev`: certificates for tests and development.

mod authority;
mod files;
mod flags;

use std::io::Write as _;

pub(crate) use flags::CertsCommand;
use flags::DevCertsFlags;

use arsenal_cluster::network::ractor::{ClusterTls, TlsError};

use self::{authority::Authority, files::NewFiles};
use crate::{config::ConfigError, run::StartError};

/// Makes what was asked for, and says what it made.
pub(crate) fn run(command: CertsCommand) -> Result<(), StartError> {
    let CertsCommand::Dev(flags) = command;
    let made = make(&flags)?;
    let mut stdout = std::io::stdout().lock();
    for path in made.paths() {
        // Nobody is told where standard output is closed.
        drop(writeln!(stdout, "{}", path.display()));
    }
    drop(writeln!(stdout, "\n{}", hint(&flags)));
    Ok(())
}

/// All files, or none where one of them is there.
fn make(flags: &DevCertsFlags) -> Result<NewFiles, StartError> {
    if let Some(node) = flags.nodes.iter().find(|node| !ClusterTls::can_name(node)) {
        return Err(ConfigError::new(format!("--nodes: {}", TlsError::Name(node.clone()))).into());
    }
    let mut files = NewFiles::in_folder(&flags.dir);
    let authority = Authority::new(flags.now).map_err(anyhow::Error::new)?;
    files.public("ca.pem", authority.certificate());
    files.private("ca.key", authority.key());
    for node in &flags.nodes {
        let issued = authority.issue(node).map_err(anyhow::Error::new)?;
        files.public(&format!("{node}.pem"), issued.certificate);
        files.private(&format!("{node}.key"), issued.key);
    }
    files.write()?;
    Ok(files)
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
