//! A headless service of Kubernetes: its pods, by the name that the cluster's DNS gives it.
//!
//! Only pods that are ready are in that name, and a node is not ready before it has found enough others.
//! The service therefore needs `publishNotReadyAddresses: true`.

use std::{fmt, time::Duration};

use futures_util::future::BoxFuture;

use super::{Answer, DiscoveryKind, DnsAddresses, DnsServices, LookError, NameServers, Strategy};
use crate::network::Peer;

/// The domain of a cluster that was not given another one.
pub const CLUSTER_DOMAIN: &str = "cluster.local";

/// A service in a namespace of a cluster.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Service {
    /// Its name.
    pub name: String,
    /// Its namespace.
    pub namespace: String,
    /// The domain of the cluster, as [`CLUSTER_DOMAIN`].
    pub cluster_domain: String,
}

/// The port by which pods reach each other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ServicePort {
    /// This one, on every pod.
    Number(u16),
    /// The one that the service calls so, over TCP.
    Name(String),
}

/// The pods of a headless service.
#[derive(Clone, Debug)]
pub struct Kubernetes {
    watches: String,
    records: Records,
}

/// Pods are A and AAAA records; with their ports they are SRV records.
#[derive(Clone, Debug)]
enum Records {
    Addresses(DnsAddresses),
    Services(DnsServices),
}

impl Kubernetes {
    /// Asks for the addresses of the pods where the port is a number, for its SRV records where it is a
    /// name.
    pub fn new(servers: NameServers, service: &Service, port: &ServicePort) -> Self {
        let records = match port {
            ServicePort::Number(port) => {
                Records::Addresses(DnsAddresses::new(servers, format!("{service}."), *port))
            }
            ServicePort::Name(port) => {
                Records::Services(DnsServices::new(servers, format!("_{port}._tcp.{service}.")))
            }
        };
        Self { watches: format!("{service}:{port}"), records }
    }
}

impl Strategy for Kubernetes {
    fn kind(&self) -> DiscoveryKind {
        DiscoveryKind::Kubernetes
    }

    fn watches(&self) -> String {
        self.watches.clone()
    }

    fn every(&self) -> Duration {
        match &self.records {
            Records::Addresses(records) => records.every(),
            Records::Services(records) => records.every(),
        }
    }

    fn look<'a>(&'a mut self, me: &'a Peer) -> BoxFuture<'a, Result<Answer, LookError>> {
        match &mut self.records {
            Records::Addresses(records) => records.look(me),
            Records::Services(records) => records.look(me),
        }
    }
}

impl fmt::Display for Service {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}.{}.svc.{}", self.name, self.namespace, self.cluster_domain)
    }
}

impl fmt::Display for ServicePort {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(port) => port.fmt(formatter),
            Self::Name(port) => formatter.write_str(port),
        }
    }
}
