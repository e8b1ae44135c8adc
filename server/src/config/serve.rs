//! The settings of one node: joined from all sources, and checked.

use std::{
    collections::BTreeSet,
    net::{Ipv4Addr, SocketAddr},
    path::{Path, PathBuf},
    str::FromStr as _,
};

use arsenal_cluster::simulation::live::NODES_MAX;
use arsenal_core::name::NodeName;

use super::{
    ConfigError, CredentialFiles, Discover, ServeFlags,
    discover::{Join, multicast_interface, name_server},
    layer::{Layer, variable},
    settings::Settings,
    values::{ADDRESS, NODE_NAME, PATH, address, path, switch},
    voters::voters,
};
use crate::{data_dir, logs::LogFilter};

const NAME_DEFAULT: &str = "a";
const LISTEN_DEFAULT: SocketAddr = loopback(7000);
const HTTP_DEFAULT: SocketAddr = loopback(4000);

const JOINED: &str =
    "an address or a host with a port, as 10.0.0.7:7000 or node-b.example.org:7000";
const NAME_SERVER: &str = "the address of a name server, as 10.0.0.53 or 10.0.0.53:5353";

/// What one node needs to know to start.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ServeConfig {
    /// The name of the node.
    pub(crate) name: NodeName,
    /// Where it listens for other nodes.
    pub(crate) listen: SocketAddr,
    /// What other nodes dial, if it is not `listen`; given where that is a wildcard.
    pub(crate) advertise: Option<SocketAddr>,
    /// Where HTTP is served.
    pub(crate) http: SocketAddr,
    /// The cluster addresses of other nodes; its own is left out.
    pub(crate) join: BTreeSet<SocketAddr>,
    /// Where else other nodes are looked for.
    pub(crate) discover: BTreeSet<Discover>,
    /// The name server that is asked, if it is not one of the system.
    pub(crate) dns_server: Option<SocketAddr>,
    /// Whether the node leaves decisions to others.
    pub(crate) is_observer: bool,
    /// The configured voters; empty for none.
    pub(crate) voters: BTreeSet<NodeName>,
    /// How many nodes of a simulated cluster to make at start, and to address; none for no cluster.
    pub(crate) simulate: Option<usize>,
    /// Where its credentials are, as far as they are not in the data directory.
    pub(crate) files: CredentialFiles,
    /// The folder for what must survive a restart.
    pub(crate) data_dir: PathBuf,
    /// Whether other addresses than loopback are allowed without encryption.
    pub(crate) is_insecure_bind: bool,
    /// What is logged.
    pub(crate) log: LogFilter,
}

impl ServeConfig {
    /// Joins the sources and checks every value. The environment is handed in as a function.
    pub(crate) fn load(
        flags: ServeFlags,
        environment: impl Fn(&str) -> Option<String>,
    ) -> Result<Self, ConfigError> {
        let file = flags.config.clone().or_else(|| environment(&variable("config")));
        let mut layers = vec![Layer::from_flags(flags), Layer::from_environment(environment)?];
        if let Some(file) = file.filter(|file| !file.is_empty()) {
            layers.push(Layer::from_file(Path::new(&file))?);
        }
        let mut settings = Settings::new(layers);
        let config = Self::parse(&mut settings);
        settings.finish()?;
        config
    }

    /// Values that do not parse are noted in the settings and replaced by their defaults.
    fn parse(settings: &mut Settings) -> Result<Self, ConfigError> {
        let name = settings.one("name", NODE_NAME, |text| text.parse().ok());
        let is_named = name.is_some();
        let name: NodeName =
            name.unwrap_or_else(|| NAME_DEFAULT.parse().expect("the default is a valid name"));
        let listen = settings.one("listen", ADDRESS, address).unwrap_or(LISTEN_DEFAULT);
        let data_dir = settings.one("data-dir", PATH, path);
        let log =
            settings.one("log", "a log filter, as info or info,arsenal_cluster=debug", |text| {
                LogFilter::from_str(text).ok()
            });
        let (join, discover) = sought(settings);
        let config = Self {
            listen,
            advertise: settings.one("advertise", ADDRESS, address),
            http: settings.one("http", ADDRESS, address).unwrap_or(HTTP_DEFAULT),
            join,
            discover,
            dns_server: settings.one("dns-server", NAME_SERVER, name_server),
            is_observer: switch(settings, "observer"),
            voters: voters(settings),
            simulate: settings.one("simulate", "a number of nodes from 1 to 20", |text| {
                text.parse().ok().filter(|count| (1..=NODES_MAX).contains(count))
            }),
            is_insecure_bind: switch(settings, "insecure-bind"),
            log: log.unwrap_or_default(),
            files: CredentialFiles::of(settings),
            data_dir: match data_dir {
                Some(folder) => folder,
                None => data_dir::default_for(name.as_str())?,
            },
            name,
        };
        config.refuse_combinations(settings);
        let config = config.without_itself();
        if !is_named && config.seeks_others() {
            // Two nodes of one name would end each other's work.
            settings.refuse(String::from(
                "--name: a node that joins others needs a name that none of them has",
            ));
        }
        Ok(config)
    }

    /// Whether it looks for a cluster to be part of.
    pub(crate) fn seeks_others(&self) -> bool {
        !self.join.is_empty() || !self.discover.is_empty()
    }

    /// The interface that announcements go out by; none where nodes talk over IPv6.
    pub(crate) fn multicast_interface(&self) -> Option<Ipv4Addr> {
        multicast_interface(self.listen)
    }

    /// The same list of addresses can then be given to all nodes.
    fn without_itself(mut self) -> Self {
        self.join.remove(&self.listen);
        if let Some(advertised) = self.advertise {
            self.join.remove(&advertised);
        }
        self
    }
}

const fn loopback(port: u16) -> SocketAddr {
    SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::LOCALHOST), port)
}

/// Addresses that are known, and where others are looked for. A host to join is a name to look up.
fn sought(settings: &mut Settings) -> (BTreeSet<SocketAddr>, BTreeSet<Discover>) {
    let mut addresses = BTreeSet::new();
    let mut discover: BTreeSet<_> =
        settings.list_explained("discover", Discover::parse).into_iter().collect();
    for join in settings.list("join", JOINED, Join::parse) {
        match join {
            Join::Address(address) => _ = addresses.insert(address),
            Join::Host(host) => _ = discover.insert(host),
        }
    }
    (addresses, discover)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::samples::{file, flags, load};

    #[test]
    fn without_settings_a_node_is_alone_on_loopback() {
        let config = load(flags(), &[]).unwrap();
        assert_eq!(config.name.as_str(), "a");
        assert_eq!(config.listen.to_string(), "127.0.0.1:7000");
        assert_eq!(config.http.to_string(), "127.0.0.1:4000");
        assert!(config.join.is_empty() && config.voters.is_empty() && !config.is_insecure_bind);
    }

    #[test]
    fn a_flag_beats_the_environment_and_that_beats_the_file() {
        let file = file("name = 'f'\nhttp = '127.0.0.1:1'\nlisten = '127.0.0.1:2'\nlog = 'debug'");
        let environment = [("ARSENAL_NAME", "e"), ("ARSENAL_HTTP", "127.0.0.1:11")];
        let flags = ServeFlags {
            name: Some("g".to_owned()),
            config: Some(file.path().display().to_string()),
            ..flags()
        };
        let config = load(flags, &environment).unwrap();
        assert_eq!(config.name.as_str(), "g");
        assert_eq!(config.http.port(), 11);
        assert_eq!(config.listen.port(), 2);
        assert_eq!(config.log.to_string(), "debug");
    }

    #[test]
    fn lists_are_repeated_or_separated_by_commas_and_leave_the_node_itself_out() {
        let flags = ServeFlags {
            join: vec!["127.0.0.1:7000".to_owned(), "127.0.0.1:7001".to_owned()],
            ..flags()
        };
        let error = load(flags.clone(), &[]).unwrap_err().to_string();
        assert!(error.contains("--name"), "{error}");
        let flags = ServeFlags { name: Some("b".to_owned()), ..flags };
        let config = load(flags, &[("ARSENAL_VOTERS", "a, b,c")]).unwrap();
        assert_eq!(config.join, [loopback(7001)].into());
        assert_eq!(config.voters.len(), 3);
    }

    #[test]
    fn nodes_are_looked_for_where_each_source_says() {
        let file = file("discover = ['file:/s', 'local']\ndns-server = '10.0.0.53'");
        let flags = ServeFlags {
            name: Some("b".to_owned()),
            join: vec!["node-c.example:7000,127.0.0.1:7001".to_owned()],
            config: Some(file.path().display().to_string()),
            ..flags()
        };
        let config = load(flags.clone(), &[("ARSENAL_OBSERVER", "true")]).unwrap();
        let host = Discover::Dns { host: "node-c.example".to_owned(), port: 7000 };
        let expected = [Discover::File("/s".into()), Discover::Local(None), host.clone()];
        assert_eq!(config.discover, expected.into());
        assert_eq!(config.join, [loopback(7001)].into());
        assert_eq!(config.dns_server.unwrap().to_string(), "10.0.0.53:53");
        assert!(config.is_observer && config.seeks_others());
        let config = load(flags, &[("ARSENAL_DISCOVER", "multicast,srv:_a._tcp.b")]).unwrap();
        let srv = Discover::Srv("_a._tcp.b".to_owned());
        let multicast = Discover::parse("multicast").unwrap();
        assert_eq!(config.discover, [multicast, srv, host].into());
        assert!(!config.is_observer);
    }

    #[test]
    fn every_mistake_is_named_with_its_source() {
        let file = file("listen = 7000");
        let flags = ServeFlags {
            http: Some("here".to_owned()),
            config: Some(file.path().display().to_string()),
            log: Some("a=b=c".to_owned()),
            ..flags()
        };
        let error = load(flags, &[("ARSENAL_NAME", "Not Good")]).unwrap_err().to_string();
        assert!(error.contains("--http: `here` is not an address"), "{error}");
        assert!(error.contains("ARSENAL_NAME: `Not Good` is not a node name"), "{error}");
        assert!(error.contains("`listen` in /") && error.contains("`7000` is not"), "{error}");
        assert!(error.contains("--log: `a=b=c` is not a log filter"), "{error}");
        assert_eq!(error.lines().count(), 4, "{error}");
    }

    #[test]
    fn a_simulated_cluster_has_up_to_twenty_nodes() {
        assert_eq!(load(flags(), &[]).unwrap().simulate, None);
        assert_eq!(load(flags(), &[("ARSENAL_SIMULATE", "20")]).unwrap().simulate, Some(NODES_MAX));
        for count in ["0", "21", "three"] {
            let flags = ServeFlags { simulate: Some(count.to_owned()), ..flags() };
            let error = load(flags, &[]).unwrap_err().to_string();
            assert!(error.contains("is not a number of nodes from 1 to 20"), "{error}");
        }
        let file = file("simulate = 3");
        let config = Some(file.path().display().to_string());
        assert_eq!(load(ServeFlags { config, ..flags() }, &[]).unwrap().simulate, Some(3));
    }

    #[test]
    fn the_environment_alone_cannot_expose_a_node() {
        let error = load(flags(), &[("ARSENAL_INSECURE_BIND", "true")]).unwrap_err().to_string();
        assert!(error.contains("ARSENAL_INSECURE_BIND is refused"), "{error}");
    }

    #[test]
    fn a_missing_file_is_named() {
        let error = load(flags(), &[("ARSENAL_CONFIG", "/no/such.toml")]).unwrap_err().to_string();
        assert!(error.contains("/no/such.toml"), "{error}");
    }
}
