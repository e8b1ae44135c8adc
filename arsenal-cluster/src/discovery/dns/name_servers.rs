//! Who is asked, and what went wrong, in words.

use std::{
    net::{IpAddr, SocketAddr},
    time::Duration,
};

use hickory_resolver::{
    TokioResolver,
    config::{ConnectionConfig, LookupIpStrategy, NameServerConfig, ResolveHosts, ResolverConfig},
    lookup::Lookup,
    net::{DnsError, NetError, runtime::TokioRuntimeProvider},
    proto::op::ResponseCode,
};

use super::super::LookError;

/// How long one name server gets for one query, and how often it is asked again.
const QUERY_MAX: Duration = Duration::from_secs(2);
const ATTEMPTS: usize = 2;

/// The name servers that are asked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum NameServers {
    /// Those of the system, with its search list and its file of hosts.
    #[default]
    System,
    /// This one. Names are taken as they are.
    At(SocketAddr),
}

impl NameServers {
    /// The addresses of a host.
    pub(super) async fn addresses(self, host: &str) -> Result<Vec<IpAddr>, LookError> {
        let found = match self.resolver() {
            Ok(resolver) => resolver.lookup_ip(host).await,
            Err(error) => Err(error),
        };
        match found {
            Ok(found) => Ok(found.iter().collect()),
            Err(error) => Err(describe(host, "address", &error).into()),
        }
    }

    /// The service records of a name, with what came along.
    pub(super) async fn services(self, name: &str) -> Result<Lookup, LookError> {
        let found = match self.resolver() {
            Ok(resolver) => resolver.srv_lookup(name).await,
            Err(error) => Err(error),
        };
        found.map_err(|error| describe(name, "service record", &error).into())
    }

    fn resolver(self) -> Result<TokioResolver, NetError> {
        let mut builder = match self {
            Self::System => TokioResolver::builder_tokio()?,
            Self::At(server) => {
                TokioResolver::builder_with_config(only(server), TokioRuntimeProvider::default())
            }
        };
        let options = builder.options_mut();
        options.timeout = QUERY_MAX;
        options.attempts = ATTEMPTS;
        options.cache_size = 0;
        options.ip_strategy = LookupIpStrategy::Ipv4AndIpv6;
        if self != Self::System {
            options.use_hosts_file = ResolveHosts::Never;
        }
        builder.build()
    }
}

fn only(server: SocketAddr) -> ResolverConfig {
    let connections = [ConnectionConfig::udp(), ConnectionConfig::tcp()].map(|mut connection| {
        connection.port = server.port();
        connection
    });
    let server = NameServerConfig::new(server.ip(), true, connections.into());
    ResolverConfig::from_name_servers(vec![server])
}

/// `record` is what was looked for.
#[expect(clippy::wildcard_enum_match_arm, reason = "there may be more errors with each release")]
fn describe(name: &str, record: &str, error: &NetError) -> String {
    let code = match error {
        NetError::Timeout => return format!("{name}: no name server answered in time"),
        NetError::NoConnections => return format!("{name}: there is no name server to ask"),
        NetError::Truncated => {
            return format!("{name}: the answer is cut, and there is no whole one over TCP");
        }
        NetError::Dns(DnsError::NoRecordsFound(none)) => none.response_code,
        NetError::Dns(DnsError::ResponseCode(code)) => *code,
        error => return format!("{name}: {error}"),
    };
    match code {
        ResponseCode::NXDomain => format!("{name}: there is no such name"),
        ResponseCode::NoError => format!("{name}: the name has no {record}"),
        code => format!("{name}: the name server answered `{code}`"),
    }
}
