//! The SRV records of a name: hosts, each with its port.

use std::{
    collections::{BTreeMap, BTreeSet},
    net::{IpAddr, SocketAddr},
    time::Duration,
};

use futures_util::{StreamExt as _, future::BoxFuture, stream};
use hickory_resolver::{lookup::Lookup, proto::rr::RData};

use super::{EVERY, NameServers};
use crate::{
    discovery::{ADDRESSES_MAX, Answer, DiscoveryKind, LookError, Strategy},
    network::Peer,
};

/// Hosts that are looked up at a time, where their addresses did not come along.
const LOOKUPS_MAX: usize = 8;

/// Every host that offers a service. Priorities and weights mean nothing here: a node connects to all
/// others.
#[derive(Clone, Debug)]
pub struct DnsServices {
    servers: NameServers,
    name: String,
}

impl DnsServices {
    /// A name as `_arsenal._tcp.example.org`.
    pub fn new(servers: NameServers, name: impl Into<String>) -> Self {
        Self { servers, name: name.into() }
    }

    async fn find(&self) -> Result<Answer, LookError> {
        let lookup = self.servers.services(&self.name).await?;
        let came_along = addresses_in(&lookup);
        let ports = ports_by_host(&lookup);
        let mut found = BTreeSet::new();
        let mut trouble = None;
        let looked_up = stream::iter(ports).map(|(host, ports)| {
            let known = came_along.get(&host);
            async move {
                let ips = match known {
                    Some(ips) => Ok(ips.clone()),
                    None => self.servers.addresses(&host).await,
                };
                (ips, ports)
            }
        });
        let mut looked_up = looked_up.buffer_unordered(LOOKUPS_MAX);
        while let Some((ips, ports)) = looked_up.next().await {
            match ips {
                Ok(ips) => found.extend(
                    ips.iter().flat_map(|ip| ports.iter().map(|port| SocketAddr::new(*ip, *port))),
                ),
                Err(error) => trouble = Some(error.to_string()),
            }
        }
        match trouble {
            Some(error) if found.is_empty() => Err(error.into()),
            trouble => Ok(Answer::part(found).with_trouble(trouble)),
        }
    }
}

impl Strategy for DnsServices {
    fn kind(&self) -> DiscoveryKind {
        DiscoveryKind::Srv
    }

    fn watches(&self) -> String {
        self.name.clone()
    }

    fn every(&self) -> Duration {
        EVERY
    }

    fn look<'a>(&'a mut self, _: &'a Peer) -> BoxFuture<'a, Result<Answer, LookError>> {
        Box::pin(self.find())
    }
}

/// The host `.` says that the service is offered nowhere.
fn ports_by_host(lookup: &Lookup) -> BTreeMap<String, BTreeSet<u16>> {
    let mut hosts = BTreeMap::<String, BTreeSet<u16>>::new();
    for record in lookup.answers() {
        if let RData::SRV(service) = &record.data
            && !service.target.is_root()
            && (hosts.len() < ADDRESSES_MAX || hosts.contains_key(&key(&service.target)))
        {
            hosts.entry(key(&service.target)).or_default().insert(service.port);
        }
    }
    hosts
}

fn addresses_in(lookup: &Lookup) -> BTreeMap<String, Vec<IpAddr>> {
    let mut hosts = BTreeMap::<String, Vec<IpAddr>>::new();
    for record in lookup.additionals() {
        if let Some(ip) = record.data.ip_addr() {
            hosts.entry(key(&record.name)).or_default().push(ip);
        }
    }
    hosts
}

/// Names are equal whatever their case.
fn key(name: &hickory_resolver::proto::rr::Name) -> String {
    name.to_lowercase().to_ascii()
}
