//! Where other nodes are looked for, as `--discover` and `--join` take it.

use std::{
    net::{Ipv4Addr, SocketAddr, SocketAddrV4},
    path::PathBuf,
};

use arsenal_cluster::discovery::{CLUSTER_DOMAIN, MULTICAST_GROUP, ServicePort};

/// What `--discover` takes, for its errors.
const FORMS: &str = "file:PATH, local, local:FOLDER, multicast, multicast:GROUP:PORT, \
                     dns:HOST:PORT, srv:NAME or kubernetes:SERVICE[.NAMESPACE]:PORT";

/// The longest name in DNS, and the longest part of one.
const HOST_BYTES_MAX: usize = 253;
const LABEL_BYTES_MAX: usize = 63;

/// The longest name of a port.
const PORT_NAME_BYTES_MAX: usize = 15;

/// One way to find nodes.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Discover {
    /// A file with addresses.
    File(PathBuf),
    /// The nodes of this machine, in a folder that is not the usual one.
    Local(Option<PathBuf>),
    /// Announcements to a group.
    Multicast(SocketAddrV4),
    /// The addresses of a host.
    Dns { host: String, port: u16 },
    /// The service records of a name.
    Srv(String),
    /// The pods of a service; without a namespace, in that of the own pod.
    Kubernetes { service: String, namespace: Option<String>, domain: String, port: PortOf },
}

/// A port of a service.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum PortOf {
    Number(u16),
    Name(String),
}

/// An address that `--join` takes: as it is, or by the name of its host.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Join {
    Address(SocketAddr),
    Host(Discover),
}

impl Join {
    pub(super) fn parse(text: &str) -> Option<Self> {
        match text.parse() {
            Ok(address) => Some(Self::Address(address)),
            Err(_) => host_and_port(text).ok().map(Self::Host),
        }
    }
}

impl Discover {
    /// # Errors
    /// What is wrong, in a sentence that begins with the text.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let (kind, rest) = text.split_once(':').unwrap_or((text, ""));
        let parsed = match (kind, rest) {
            ("local", "") => Ok(Self::Local(None)),
            ("local", folder) => Ok(Self::Local(Some(folder.into()))),
            ("multicast", "") => Ok(Self::Multicast(MULTICAST_GROUP)),
            ("multicast", group) => multicast_group(group).map(Self::Multicast),
            ("file", "") => Err("needs a path, as file:/etc/arsenal/seeds"),
            ("file", path) => Ok(Self::File(path.into())),
            ("dns", host) => host_and_port(host),
            ("srv", name) if is_host(name) => Ok(Self::Srv(name.to_owned())),
            ("srv", _) => Err("needs a name in DNS, as srv:_arsenal._tcp.example.org"),
            ("kubernetes", service) => kubernetes(service),
            _ => return Err(format!("`{text}` is not {FORMS}")),
        };
        parsed.map_err(|why| format!("`{text}` {why}"))
    }
}

fn host_and_port(text: &str) -> Result<Discover, &'static str> {
    const EXPECTED: &str = "needs a host and a port, as dns:node-b.example.org:7000";
    if text.parse::<SocketAddr>().is_ok() {
        return Err("is an address and needs no DNS: give it with --join");
    }
    let (host, port) = text.rsplit_once(':').ok_or(EXPECTED)?;
    let port = port_number(port).ok_or(EXPECTED)?;
    if is_host(host) { Ok(Discover::Dns { host: host.to_owned(), port }) } else { Err(EXPECTED) }
}

fn multicast_group(text: &str) -> Result<SocketAddrV4, &'static str> {
    let group: Option<SocketAddrV4> = text.parse().ok();
    let is_usable = |group: &SocketAddrV4| group.ip().is_multicast() && group.port() != 0;
    group.filter(is_usable).ok_or(
        "needs an IPv4 group and a port, as multicast:239.255.70.70:7070; IPv6 groups are not used",
    )
}

/// `SERVICE`, `SERVICE.NAMESPACE`, `SERVICE.NAMESPACE.svc` or `SERVICE.NAMESPACE.svc.DOMAIN`.
fn kubernetes(text: &str) -> Result<Discover, &'static str> {
    const EXPECTED: &str = "needs a service and the number or the name of a port, as \
                            kubernetes:arsenal.prod:7000 or kubernetes:arsenal.prod:cluster";
    let (service, port) = text.rsplit_once(':').ok_or(EXPECTED)?;
    let port = match port_number(port) {
        Some(port) => PortOf::Number(port),
        None if is_port_name(port) => PortOf::Name(port.to_owned()),
        None => return Err(EXPECTED),
    };
    let mut parts = service.trim_end_matches('.').splitn(4, '.');
    let (service, namespace, svc, domain) =
        (parts.next().unwrap_or_default(), parts.next(), parts.next(), parts.next());
    let domain = domain.unwrap_or(CLUSTER_DOMAIN);
    let labels = [Some(service), namespace];
    if !labels.into_iter().flatten().all(is_label) || !matches!(svc, None | Some("svc")) {
        return Err(EXPECTED);
    }
    if !is_host(domain) {
        return Err("needs the domain of the cluster behind `.svc.`, as cluster.local");
    }
    Ok(Discover::Kubernetes {
        service: service.to_owned(),
        namespace: namespace.map(str::to_owned),
        domain: domain.to_owned(),
        port,
    })
}

/// A last part of digits only would be an address that is none.
fn is_host(text: &str) -> bool {
    let host = text.strip_suffix('.').unwrap_or(text);
    let last = host.rsplit('.').next().unwrap_or_default();
    host.len() <= HOST_BYTES_MAX
        && host.split('.').all(is_label)
        && !last.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_label(text: &str) -> bool {
    let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    (1..=LABEL_BYTES_MAX).contains(&text.len()) && text.bytes().all(is_allowed)
}

fn is_port_name(text: &str) -> bool {
    let is_allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    text.len() <= PORT_NAME_BYTES_MAX
        && text.bytes().all(is_allowed)
        && text.bytes().any(|byte| byte.is_ascii_lowercase())
}

fn port_number(text: &str) -> Option<u16> {
    text.parse().ok().filter(|port| *port != 0)
}

/// A name server: an address, with the usual port or another one.
pub(super) fn name_server(text: &str) -> Option<SocketAddr> {
    const DNS_PORT: u16 = 53;
    let address = text.parse().ok();
    let address = address.or_else(|| Some(SocketAddr::new(text.parse().ok()?, DNS_PORT)));
    address.filter(|address| !address.ip().is_unspecified() && address.port() != 0)
}

impl From<PortOf> for ServicePort {
    fn from(port: PortOf) -> Self {
        match port {
            PortOf::Number(port) => Self::Number(port),
            PortOf::Name(port) => Self::Name(port),
        }
    }
}

/// Whether announcements can go out by the interface of an address.
pub(super) fn multicast_interface(listen: SocketAddr) -> Option<Ipv4Addr> {
    match listen {
        SocketAddr::V4(listen) => Some(*listen.ip()),
        SocketAddr::V6(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(text: &str) -> Discover {
        Discover::parse(text).unwrap()
    }

    fn error(text: &str) -> String {
        Discover::parse(text).unwrap_err()
    }

    fn pods(service: &str, namespace: Option<&str>, domain: &str, port: PortOf) -> Discover {
        Discover::Kubernetes {
            service: service.to_owned(),
            namespace: namespace.map(str::to_owned),
            domain: domain.to_owned(),
            port,
        }
    }

    #[test]
    fn every_way_to_find_nodes_has_a_form() {
        assert_eq!(parsed("file:/etc/a:b"), Discover::File("/etc/a:b".into()));
        assert_eq!(parsed("local"), Discover::Local(None));
        assert_eq!(parsed("local:/run/x"), Discover::Local(Some("/run/x".into())));
        assert_eq!(parsed("multicast"), Discover::Multicast(MULTICAST_GROUP));
        let group = Discover::Multicast("239.1.2.3:99".parse().unwrap());
        assert_eq!(parsed("multicast:239.1.2.3:99"), group);
        let host = Discover::Dns { host: "node_b.example.".to_owned(), port: 7000 };
        assert_eq!(parsed("dns:node_b.example.:7000"), host);
        assert_eq!(parsed("srv:_a._tcp.example"), Discover::Srv("_a._tcp.example".to_owned()));
    }

    #[test]
    fn a_service_may_have_a_namespace_and_a_domain() {
        let name = || PortOf::Name("cluster".to_owned());
        let number = PortOf::Number(7000);
        assert_eq!(parsed("kubernetes:a:cluster"), pods("a", None, "cluster.local", name()));
        let in_prod = pods("a", Some("prod"), "cluster.local", number.clone());
        assert_eq!(parsed("kubernetes:a.prod:7000"), in_prod);
        assert_eq!(parsed("kubernetes:a.prod.svc:7000"), in_prod);
        let elsewhere = pods("a", Some("prod"), "k8s.example.org", number);
        assert_eq!(parsed("kubernetes:a.prod.svc.k8s.example.org:7000"), elsewhere);
    }

    #[test]
    fn a_mistake_is_answered_with_what_was_expected() {
        for (text, why) in [
            ("", "file:PATH, local"),
            ("dsn:node-b:7000", "file:PATH, local"),
            ("file:", "needs a path"),
            ("dns:node-b", "needs a host and a port"),
            ("dns:node-b:0", "needs a host and a port"),
            ("dns:10.0.0.300:7000", "needs a host and a port"),
            ("dns:10.0.0.3:7000", "give it with --join"),
            ("dns:a b:7000", "needs a host and a port"),
            ("srv:", "needs a name in DNS"),
            ("srv:a..b", "needs a name in DNS"),
            ("multicast:10.0.0.1:1", "needs an IPv4 group"),
            ("multicast:[ff02::1]:1", "IPv6 groups are not used"),
            ("kubernetes:a.prod", "needs a service and the number or the name"),
            ("kubernetes:a.prod:Not_A_Port", "needs a service and the number or the name"),
            ("kubernetes:a.prod.pod:7000", "needs a service and the number or the name"),
            ("kubernetes:a.prod.svc.a..b:7000", "needs the domain of the cluster"),
        ] {
            let error = error(text);
            assert!(error.starts_with(&format!("`{text}` ")) && error.contains(why), "{error}");
        }
    }

    #[test]
    fn join_takes_addresses_and_hosts() {
        let address = Join::Address("[::1]:7000".parse().unwrap());
        assert_eq!(Join::parse("[::1]:7000"), Some(address));
        let host = Discover::Dns { host: "node-b".to_owned(), port: 7000 };
        assert_eq!(Join::parse("node-b:7000"), Some(Join::Host(host)));
        for wrong in ["node-b", "10.0.0.300:7000", "node-b:x", ":7000", "::1:7000"] {
            assert_eq!(Join::parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_name_server_has_the_usual_port() {
        let at = |text: &str| name_server(text).map(|address| address.to_string());
        assert_eq!(at("10.0.0.53").unwrap(), "10.0.0.53:53");
        assert_eq!(at("[fd00::53]:5353").unwrap(), "[fd00::53]:5353");
        assert_eq!(at("fd00::53").unwrap(), "[fd00::53]:53");
        assert_eq!([at("dns.example"), at("0.0.0.0"), at("10.0.0.53:0")], [None, None, None]);
    }
}
