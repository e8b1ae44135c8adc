//! The files with what a node proves itself with, and what its clients do.

use std::path::PathBuf;

use super::{
    settings::Settings,
    values::{PATH, path},
};

/// The keys of what encrypts connections between nodes.
const CLUSTER_FILES: [&str; 3] = ["cluster-cert", "cluster-key", "cluster-ca"];

/// Files that were given instead of those in the data directory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct CredentialFiles {
    /// The cluster's secret.
    pub(crate) secret: Option<PathBuf>,
    /// A second secret, whose gossip is heard too.
    pub(crate) accepted_secret: Option<PathBuf>,
    /// The token of HTTP clients.
    pub(crate) token: Option<PathBuf>,
    /// What connections to other nodes are encrypted with, if they are.
    pub(crate) certificates: Option<CertificateFiles>,
}

impl CredentialFiles {
    pub(super) fn of(settings: &mut Settings) -> Self {
        Self {
            secret: settings.one("secret-file", PATH, path),
            accepted_secret: settings.one("accept-secret-file", PATH, path),
            token: settings.one("token-file", PATH, path),
            certificates: CertificateFiles::of(settings),
        }
    }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{
        ServeFlags,
        samples::{flags, load},
    };

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
        assert_eq!(config.files.certificates.unwrap().ca, PathBuf::from("/certs/ca.pem"));
        let error = load(all, &[("ARSENAL_HTTP", "10.0.0.7:4000")]).unwrap_err().to_string();
        assert!(error.contains("ARSENAL_HTTP") && !error.contains("--listen"), "{error}");
    }
}
