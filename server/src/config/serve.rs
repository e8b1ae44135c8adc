//! The settings of one node, checked.

use std::{
    collections::BTreeSet,
    net::{Ipv4Addr, SocketAddr},
    path::{Path, PathBuf},
    str::FromStr as _,
};

use arsenal_cluster::{membership::Electorate, simulation::live::NODES_MAX};
use arsenal_core::name::NodeName;

use super::{
    ConfigError, Discover, ServeFlags,
    discover::{Join, multicast_interface, name_server},
    layer::{Layer, variable},
    settings::Settings,
};
use crate::{data_dir, logs::LogFilter};

const NAME_DEFAULT: &str = "a";
const LISTEN_DEFAULT: SocketAddr = loopback(7000);
const HTTP_DEFAULT: SocketAddr = loopback(4000);

const ADDRESS: &str = "an address with a port, as 127.0.0.1:4000";
const JOINED: &str =
    "an address or a host with a port, as 10.0.0.7:7000 or node-b.example.org:7000";
const NODE_NAME: &str = "a node name: 1 to 63 of a-z, 0-9 and `-`, not starting or ending with `-`";
const NAME_SERVER: &str = "the address of a name server, as 10.0.0.53 or 10.0.0.53:5353";
const PATH: &str = "a path";

/// The keys of what encrypts connections between nodes.
const CLUSTER_FILES: [&str; 3] = ["cluster-cert", "cluster-key", "cluster-ca"];

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
    /// The file with the cluster's secret, if it is not the one in the data directory.
    pub(crate) secret_file: Option<PathBuf>,
    /// The file with a secret whose gossip is heard too.
    pub(crate) accept_secret_file: Option<PathBuf>,
    /// The file with the token, if it is not the one in the data directory.
    pub(crate) token_file: Option<PathBuf>,
    /// What connections to other nodes are encrypted with, if they are.
    pub(crate) certificates: Option<CertificateFiles>,
    /// The folder for what must survive a restart.
    pub(crate) data_dir: PathBuf,
    /// Whether other addresses than loopback are allowed without encryption.
    pub(crate) is_insecure_bind: bool,
    /// What is logged.
    pub(crate) log: LogFilter,
}

/// Files for encrypted connections between nodes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct CertificateFiles {
    pub(crate) certificate: PathBuf,
    pub(crate) key: PathBuf,
    pub(crate) ca: PathBuf,
}

impl CertificateFiles {
    /// All three or none.
    fn of(settings: &mut Settings) -> Option<Self> {
        let files = CLUSTER_FILES.map(|key| settings.one(key, PATH, path));
        let missing = std::iter::zip(CLUSTER_FILES, &files).filter(|(_, file)| file.is_none());
        let missing: Vec<String> = missing.map(|(key, _)| format!("--{key}")).collect();
        if let [Some(certificate), Some(key), Some(ca)] = files {
            return Some(Self { certificate, key, ca });
        }
        if missing.len() < CLUSTER_FILES.len() {
            settings.refuse(format!(
                "{}: connections between nodes are encrypted with all of --cluster-cert, \
                 --cluster-key and --cluster-ca, or not at all; for tests, `arsenal certs dev` makes \
                 them",
                missing.join(", ")
            ));
        }
        None
    }
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
            voters: settings
                .list("voters", NODE_NAME, |text| text.parse().ok())
                .into_iter()
                .collect(),
            simulate: settings.one("simulate", "a number of nodes from 1 to 20", |text| {
                text.parse().ok().filter(|count| (1..=NODES_MAX).contains(count))
            }),
            secret_file: settings.one("secret-file", PATH, path),
            accept_secret_file: settings.one("accept-secret-file", PATH, path),
            token_file: settings.one("token-file", PATH, path),
            is_insecure_bind: switch(settings, "insecure-bind"),
            log: log.unwrap_or_default(),
            certificates: CertificateFiles::of(settings),
            data_dir: match data_dir {
                Some(folder) => folder,
                None => data_dir::default_for(name.as_str())?,
            },
            name,
        };
        config.refuse_exposure(settings);
        config.refuse_undialable(settings);
        config.refuse_unheard(settings);
        config.refuse_idle_voter(settings);
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

    /// An address which others reach, and where nothing is encrypted, needs somebody's word.
    fn refuse_exposure(&self, settings: &mut Settings) {
        if self.is_insecure_bind {
            return;
        }
        for (key, address, remedy) in self.exposed() {
            let spelled = settings.spelled(key);
            settings.refuse(format!(
                "{spelled}: {address} is not a loopback address, and nothing that is sent there \
                 is encrypted; {remedy}where the network is trusted, add --insecure-bind"
            ));
        }
    }

    /// The addresses that others reach unencrypted: the key, the address, and what encrypts it. Gossip
    /// is sealed in any case.
    pub(crate) fn exposed(&self) -> Vec<(&'static str, SocketAddr, &'static str)> {
        let listen = self.certificates.is_none().then_some((
            "listen",
            self.listen,
            "give --cluster-cert, --cluster-key and --cluster-ca, or, ",
        ));
        let addresses = [Some(("http", self.http, "")), listen].into_iter().flatten();
        addresses.filter(|(_, address, _)| !address.ip().is_loopback()).collect()
    }

    /// Other nodes are told one address, and nobody can dial a wildcard or port 0.
    fn refuse_undialable(&self, settings: &mut Settings) {
        let is_dialable = |address: SocketAddr| !address.ip().is_unspecified();
        match self.advertise {
            Some(address) if !is_dialable(address) || address.port() == 0 => {
                let spelled = settings.spelled("advertise");
                settings.refuse(format!("{spelled}: no other node can dial {address}"));
            }
            None if !is_dialable(self.listen) => {
                let (spelled, listen) = (settings.spelled("listen"), self.listen);
                settings.refuse(format!(
                    "{spelled}: no other node can dial {listen}; say with --advertise by which \
                     address they reach this node"
                ));
            }
            Some(_) | None => {}
        }
    }

    /// A voter that does not vote would be missing for good.
    fn refuse_idle_voter(&self, settings: &mut Settings) {
        if self.is_observer && self.voters.contains(&self.name) {
            let (spelled, name) = (settings.spelled("observer"), &self.name);
            settings.refuse(format!(
                "{spelled}: an observer decides nothing, and {name} is among the voters; leave out one of both"
            ));
        }
    }

    /// The same for the list that an operator chose, which counts instead of `--voters`.
    ///
    /// # Errors
    ///
    /// This node is an observer and on the list.
    pub(crate) fn refuse_chosen_observer(
        &self,
        chosen: &Electorate,
        file: &Path,
    ) -> Result<(), ConfigError> {
        if !self.is_observer || !chosen.voters.contains(&self.name) {
            return Ok(());
        }
        Err(ConfigError::new(format!(
            "--observer: an observer decides nothing, and {} is among the voters that an operator \
             chose ({}); start it without --observer, or choose other voters first: \
             `POST /api/v1/cluster/partitions/resolve`",
            self.name,
            file.display()
        )))
    }

    /// Announcements go out by the interface that others are listened to on.
    fn refuse_unheard(&self, settings: &mut Settings) {
        let is_multicast = |discover: &Discover| matches!(discover, Discover::Multicast(_));
        if self.discover.iter().any(is_multicast) && self.multicast_interface().is_none() {
            let (spelled, listen) = (settings.spelled("discover"), self.listen);
            settings.refuse(format!(
                "{spelled}: multicast goes over IPv4, and --listen is {listen}; give an IPv4 address there"
            ));
        }
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

fn switch(settings: &mut Settings, key: &str) -> bool {
    settings.one(key, "true or false", |text| text.parse().ok()).unwrap_or(false)
}

fn address(text: &str) -> Option<SocketAddr> {
    text.parse().ok()
}

fn path(text: &str) -> Option<PathBuf> {
    (!text.is_empty()).then(|| PathBuf::from(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn load(flags: ServeFlags, environment: &[(&str, &str)]) -> Result<ServeConfig, ConfigError> {
        ServeConfig::load(flags, |name| {
            environment.iter().find(|pair| pair.0 == name).map(|pair| pair.1.to_owned())
        })
    }

    fn flags() -> ServeFlags {
        ServeFlags { data_dir: Some("/d".to_owned()), ..ServeFlags::default() }
    }

    fn file(text: &str) -> tempfile::NamedTempFile {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), text).unwrap();
        file
    }

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
    fn what_cannot_find_anybody_is_refused() {
        let looking =
            |discover: &str| ServeFlags { discover: vec![discover.to_owned()], ..flags() };
        let error = load(looking("local"), &[]).unwrap_err().to_string();
        assert!(error.contains("--name: a node that joins others"), "{error}");
        let named = [("ARSENAL_NAME", "b"), ("ARSENAL_LISTEN", "[::1]:7000")];
        let error = load(looking("multicast"), &named).unwrap_err().to_string();
        assert!(error.contains("--discover: multicast goes over IPv4"), "{error}");
        let error = load(looking("dns:node-b"), &named).unwrap_err().to_string();
        assert!(error.contains("--discover: `dns:node-b` needs a host and a port"), "{error}");
        let voters = [("ARSENAL_VOTERS", "a,b,c"), ("ARSENAL_OBSERVER", "true")];
        let error = load(flags(), &voters).unwrap_err().to_string();
        assert!(error.contains("ARSENAL_OBSERVER: an observer decides nothing"), "{error}");
        let flags = ServeFlags { join: vec!["node-b".to_owned()], ..flags() };
        let error = load(flags, &[("ARSENAL_DNS_SERVER", "dns.example")]).unwrap_err().to_string();
        assert!(
            error.contains("--join: `node-b` is not an address or a host with a port"),
            "{error}"
        );
        assert!(error.contains("ARSENAL_DNS_SERVER: `dns.example` is not the address"), "{error}");
    }

    #[test]
    fn a_voter_that_was_chosen_does_not_come_back_as_an_observer() {
        let chosen = |voters: &str| {
            Electorate::new(2, voters.split(',').map(|name| name.parse().unwrap()).collect())
        };
        let flags = ServeFlags { observer: true, name: Some("b".to_owned()), ..flags() };
        let flags = ServeFlags { join: vec!["127.0.0.1:7001".to_owned()], ..flags };
        let observer = load(flags.clone(), &[]).unwrap();
        let file = Path::new("/data/voters");
        let error = observer.refuse_chosen_observer(&chosen("a,b,c"), file).unwrap_err();
        let told = "--observer: an observer decides nothing, and b is among the voters that an \
                    operator chose (/data/voters); start it without --observer";
        assert!(error.to_string().starts_with(told), "{error}");
        observer.refuse_chosen_observer(&chosen("a,c"), file).unwrap();
        let voter = load(ServeFlags { observer: false, ..flags }, &[]).unwrap();
        voter.refuse_chosen_observer(&chosen("a,b,c"), file).unwrap();
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
    fn an_address_that_others_reach_needs_insecure_bind() {
        for key in ["http", "listen"] {
            let variable = variable(key);
            let exposed = [(variable.as_str(), "0.0.0.0:5000")];
            let error = load(flags(), &exposed).unwrap_err().to_string();
            assert!(error.contains(&variable) && error.contains("--insecure-bind"), "{error}");
            let advertise = Some("10.0.0.7:5000".to_owned());
            let flags = ServeFlags { insecure_bind: true, advertise, ..flags() };
            assert!(load(flags, &exposed).unwrap().is_insecure_bind);
        }
    }

    #[test]
    fn with_certificates_other_nodes_may_reach_a_node() {
        let file = |name: &str| Some(format!("/certs/{name}"));
        let some = ServeFlags {
            listen: Some("10.0.0.7:7000".to_owned()),
            cluster_cert: file("a.pem"),
            cluster_key: file("a.key"),
            ..flags()
        };
        let error = load(some.clone(), &[]).unwrap_err().to_string();
        assert!(error.contains("--cluster-ca: connections between nodes"), "{error}");
        assert!(error.contains("`arsenal certs dev`") && error.contains("--listen: "), "{error}");
        let all = ServeFlags { cluster_ca: file("ca.pem"), ..some };
        let config = load(all.clone(), &[]).unwrap();
        assert!(!config.is_insecure_bind && config.exposed().is_empty());
        assert_eq!(config.certificates.unwrap().ca, PathBuf::from("/certs/ca.pem"));
        let error = load(all, &[("ARSENAL_HTTP", "10.0.0.7:4000")]).unwrap_err().to_string();
        assert!(error.contains("ARSENAL_HTTP") && !error.contains("--listen"), "{error}");
    }

    #[test]
    fn an_address_that_others_cannot_dial_is_not_told_to_them() {
        let on = |listen: &str| ServeFlags {
            name: Some("b".to_owned()),
            insecure_bind: true,
            listen: Some(listen.to_owned()),
            join: vec!["10.0.0.7:7000".to_owned(), "10.0.0.8:7000".to_owned()],
            ..flags()
        };
        for listen in ["0.0.0.0:7000", "[::]:7000"] {
            let error = load(on(listen), &[]).unwrap_err().to_string();
            assert!(error.contains("--listen") && error.contains("--advertise"), "{error}");
            let config = load(on(listen), &[("ARSENAL_ADVERTISE", "10.0.0.7:7000")]).unwrap();
            assert_eq!(config.advertise, Some(([10, 0, 0, 7], 7000).into()));
            assert_eq!(config.join, [([10, 0, 0, 8], 7000).into()].into(), "its own is left out");
        }
        for advertised in ["0.0.0.0:7000", "10.0.0.7:0"] {
            let error = load(flags(), &[("ARSENAL_ADVERTISE", advertised)]).unwrap_err();
            assert!(error.to_string().contains("ARSENAL_ADVERTISE: no other node can dial"));
        }
        assert_eq!(load(on("10.0.0.7:7000"), &[]).unwrap().advertise, None);
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
