//! Which nodes there will be, and the command line of each.

use std::{
    net::{IpAddr, Ipv4Addr, SocketAddr},
    path::{Path, PathBuf},
};

use arsenal_core::name::NodeName;

use super::{DevFlags, shell};
use crate::config::ConfigError;

/// The whole cluster, before anything is started.
#[derive(Debug)]
pub(super) struct Plan {
    pub(super) program: PathBuf,
    pub(super) folder: PathBuf,
    pub(super) nodes: Vec<NodePlan>,
}

/// One node of it.
#[derive(Clone, Debug)]
pub(super) struct NodePlan {
    pub(super) name: NodeName,
    pub(super) http: SocketAddr,
    pub(super) listen: SocketAddr,
    /// What stands behind the program's name.
    pub(super) arguments: Vec<String>,
}

impl Plan {
    /// Plans the nodes; both paths are absolute, so that a printed line works in any folder.
    pub(super) fn new(
        flags: &DevFlags,
        program: &Path,
        folder: &Path,
    ) -> Result<Self, ConfigError> {
        let https = ports("--http-base", flags.http_base, flags.nodes)?;
        let listens = ports("--listen-base", flags.listen_base, flags.nodes)?;
        if https.iter().any(|port| listens.contains(port)) {
            return Err(ConfigError::new(
                "the ports from --http-base and those from --listen-base overlap",
            ));
        }
        let mut nodes: Vec<NodePlan> = std::iter::zip(https, listens)
            .enumerate()
            .map(|(index, (http, listen))| NodePlan {
                name: name(index),
                http: loopback(http),
                listen: loopback(listen),
                arguments: Vec::new(),
            })
            .collect();
        let arguments: Vec<_> =
            nodes.iter().map(|node| arguments(node, &nodes, folder, flags)).collect();
        for (node, arguments) in nodes.iter_mut().zip(arguments) {
            node.arguments = arguments;
        }
        Ok(Self { program: program.to_owned(), folder: folder.to_owned(), nodes })
    }

    /// The token that all nodes accept.
    pub(super) fn token(&self) -> PathBuf {
        token(&self.folder)
    }

    /// The secret that all nodes share.
    pub(super) fn secret(&self) -> PathBuf {
        secret(&self.folder)
    }

    /// The line that starts a node again, alone.
    pub(super) fn line(&self, node: &NodePlan) -> String {
        let program = self.program.display().to_string();
        let mut words = vec![program.as_str()];
        words.extend(node.arguments.iter().map(String::as_str));
        shell::line(&words)
    }
}

fn token(folder: &Path) -> PathBuf {
    folder.join("token")
}

fn secret(folder: &Path) -> PathBuf {
    folder.join("secret")
}

fn ports(flag: &str, first: u16, count: u16) -> Result<Vec<u16>, ConfigError> {
    let last = first.checked_add(count - 1).ok_or_else(|| {
        ConfigError::new(format!("{flag} {first} leaves no room for the ports of {count} nodes"))
    })?;
    Ok((first..=last).collect())
}

fn loopback(port: u16) -> SocketAddr {
    SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), port)
}

/// a to z, then n27, n28, …
fn name(index: usize) -> NodeName {
    let letter = u8::try_from(index).ok().and_then(|index| b'a'.checked_add(index));
    let text = match letter.filter(u8::is_ascii_lowercase) {
        Some(letter) => char::from(letter).to_string(),
        None => format!("n{}", index + 1),
    };
    text.parse().expect("a letter, or one with digits, is a valid name")
}

fn arguments(node: &NodePlan, all: &[NodePlan], folder: &Path, flags: &DevFlags) -> Vec<String> {
    let names: Vec<_> = all.iter().map(|node| node.name.as_str()).collect();
    let others: Vec<_> = all
        .iter()
        .filter(|other| other.name != node.name)
        .map(|other| other.listen.to_string())
        .collect();
    let mut pairs = vec![
        ("--name", node.name.to_string()),
        ("--listen", node.listen.to_string()),
        ("--http", node.http.to_string()),
        ("--voters", names.join(",")),
        ("--secret-file", secret(folder).display().to_string()),
        ("--token-file", token(folder).display().to_string()),
        ("--data-dir", folder.join(node.name.as_str()).display().to_string()),
        ("--log", flags.log.to_string()),
    ];
    if !others.is_empty() {
        pairs.push(("--join", others.join(",")));
    }
    let pairs = pairs.into_iter().flat_map(|(flag, value)| [flag.to_owned(), value]);
    std::iter::once(String::from("serve")).chain(pairs).collect()
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;
    use crate::config::{ServeConfig, ServeFlags};

    #[derive(Parser)]
    struct Dev {
        #[command(flatten)]
        flags: DevFlags,
    }

    #[derive(Parser)]
    struct Serve {
        #[command(flatten)]
        flags: ServeFlags,
    }

    fn plan(flags: &[&str]) -> Result<Plan, ConfigError> {
        let flags = Dev::parse_from(["dev"].iter().chain(flags)).flags;
        Plan::new(&flags, Path::new("/opt/my arsenal"), Path::new("/d"))
    }

    #[test]
    fn each_line_is_a_valid_serve_that_knows_the_others() {
        let plan = plan(&["--nodes", "3"]).unwrap();
        let flags = Serve::parse_from(&plan.nodes[1].arguments).flags;
        let config = ServeConfig::load(flags, |_| None).unwrap();
        assert_eq!(config.name.as_str(), "b");
        assert_eq!(config.http.to_string(), "127.0.0.1:4001");
        assert_eq!(config.listen.to_string(), "127.0.0.1:7001");
        assert_eq!(config.join, [loopback(7000), loopback(7002)].into());
        assert_eq!(config.voters.len(), 3);
        assert_eq!(config.data_dir, Path::new("/d/b"));
        assert_eq!(config.files.token.as_deref(), Some(plan.token().as_path()));
        assert!(plan.line(&plan.nodes[1]).starts_with("'/opt/my arsenal' serve --name b "));
    }

    #[test]
    fn names_go_on_behind_z() {
        let plan = plan(&["--nodes", "28"]).unwrap();
        let names: Vec<_> = plan.nodes.iter().map(|node| node.name.as_str()).collect();
        assert_eq!((names[0], names[25], names[26], names[27]), ("a", "z", "n27", "n28"));
    }

    #[test]
    fn ports_that_cannot_be_are_refused() {
        assert!(plan(&["--http-base", "65534"]).unwrap_err().to_string().contains("--http-base"));
        assert!(plan(&["--listen-base", "4002"]).unwrap_err().to_string().contains("overlap"));
    }

    #[test]
    fn one_node_joins_nobody() {
        let plan = plan(&["--nodes", "1"]).unwrap();
        assert!(!plan.nodes[0].arguments.contains(&"--join".to_owned()));
    }
}
