//! What the settings say of where other nodes are looked for, made into strategies.

use std::{fmt::Write as _, net::Ipv4Addr, path::PathBuf};

use arsenal_cluster::{
    discovery::{
        DnsAddresses, DnsServices, Kubernetes, Local, Multicast, NameServers, SeedFile, Service,
    },
    node::NodeBuilder,
};

use crate::{
    config::{ConfigError, Discover, ServeConfig},
    credentials::{Credentials, Secret},
    data_dir,
};

/// Where a pod is told its namespace.
const NAMESPACE_FILE: &str = "/var/run/secrets/kubernetes.io/serviceaccount/namespace";

/// How many bytes of a key name the cluster in a path: enough to tell clusters apart, and no secret.
const CLUSTER_ID_BYTES: usize = 8;

/// Gives a node the strategies that were asked for.
pub(crate) fn equip(
    builder: NodeBuilder,
    config: &ServeConfig,
    credentials: &Credentials,
) -> Result<NodeBuilder, ConfigError> {
    let servers = config.dns_server.map_or(NameServers::System, NameServers::At);
    let mut builder = builder;
    for discover in config.discover.clone() {
        builder = match discover {
            Discover::File(path) => builder.discover(SeedFile::new(path)),
            Discover::Local(folder) => {
                // While the secret is being changed there are nodes of either.
                credentials.secrets().try_fold(builder, |builder, secret| {
                    let folder = local_folder(folder.clone(), secret)?;
                    Ok::<_, ConfigError>(builder.discover(Local::new(folder)))
                })?
            }
            Discover::Multicast(group) => {
                let keys = credentials.datagram_keys("multicast-v1");
                let interface = config.multicast_interface().unwrap_or(Ipv4Addr::UNSPECIFIED);
                builder.discover(Multicast::new(group, interface, &keys))
            }
            Discover::Dns { host, port } => {
                builder.discover(DnsAddresses::new(servers, host, port))
            }
            Discover::Srv(name) => builder.discover(DnsServices::new(servers, name)),
            Discover::Kubernetes { service: name, namespace, domain, port } => {
                let namespace = namespace.map_or_else(own_namespace, Ok)?;
                let service = Service { name, namespace, cluster_domain: domain };
                builder.discover(Kubernetes::new(servers, &service, &port.into()))
            }
        };
    }
    Ok(builder)
}

/// Each cluster has a folder of its own, so that two of them do not dial each other.
fn local_folder(given: Option<PathBuf>, secret: &Secret) -> Result<PathBuf, ConfigError> {
    let above = given.map_or_else(data_dir::shared_by_nodes, Ok)?;
    let mut cluster = String::from("cluster-");
    for byte in secret.key("local-discovery-v1").iter().take(CLUSTER_ID_BYTES) {
        write!(cluster, "{byte:02x}").expect("a string takes all that is written");
    }
    Ok(above.join(cluster))
}

fn own_namespace() -> Result<String, ConfigError> {
    std::fs::read_to_string(NAMESPACE_FILE).map(|text| text.trim().to_owned()).map_err(|error| {
        ConfigError::new(format!(
            "--discover kubernetes: name the namespace, as kubernetes:arsenal.prod:7000; that of this \
             pod cannot be read from {NAMESPACE_FILE}: {error}"
        ))
    })
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    fn secret(folder: &Path, name: &str) -> Secret {
        Secret::read_or_create(&folder.join(name)).unwrap()
    }

    #[test]
    fn each_cluster_has_a_folder_of_its_own() {
        let folder = tempfile::tempdir().unwrap();
        let [one, other] = ["one", "other"].map(|name| secret(folder.path(), name));
        let of = |secret: &Secret| local_folder(Some("/run/x".into()), secret).unwrap();
        assert_eq!(of(&one), of(&one.clone()));
        assert_ne!(of(&one), of(&other));
        let name = of(&one).file_name().unwrap().to_str().unwrap().to_owned();
        assert_eq!(name.len(), "cluster-".len() + 16);
        assert!(of(&one).starts_with("/run/x"));
    }
}
