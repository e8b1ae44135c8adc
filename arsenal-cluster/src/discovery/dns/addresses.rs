//! The A and AAAA records of a name, with a port that is given.

use std::{net::SocketAddr, time::Duration};

use futures_util::future::BoxFuture;

use super::{EVERY, NameServers};
use crate::{
    discovery::{Answer, DiscoveryKind, LookError, Strategy},
    network::Peer,
};

/// Every address of a host, each with the same port.
#[derive(Clone, Debug)]
pub struct DnsAddresses {
    servers: NameServers,
    host: String,
    port: u16,
}

impl DnsAddresses {
    /// A host that ends with a dot is looked up as it is, without the system's search list.
    pub fn new(servers: NameServers, host: impl Into<String>, port: u16) -> Self {
        Self { servers, host: host.into(), port }
    }
}

impl Strategy for DnsAddresses {
    fn kind(&self) -> DiscoveryKind {
        DiscoveryKind::Dns
    }

    fn watches(&self) -> String {
        format!("{}:{}", self.host, self.port)
    }

    fn every(&self) -> Duration {
        EVERY
    }

    fn look<'a>(&'a mut self, _: &'a Peer) -> BoxFuture<'a, Result<Answer, LookError>> {
        Box::pin(async {
            let found = self.servers.addresses(&self.host).await?;
            Ok(Answer::part(found.into_iter().map(|ip| SocketAddr::new(ip, self.port))))
        })
    }
}
