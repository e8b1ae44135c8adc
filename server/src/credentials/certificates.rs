//! The certificates of a node, from the files that it was given.

use std::{path::Path, time::SystemTime};

use arsenal_cluster::network::ractor::{ClusterTls, TlsError};
use arsenal_core::name::NodeName;

use crate::{
    config::{CertificateFiles, ConfigError},
    data_dir::read_private,
};

/// The largest file with certificates that is read.
const CERTIFICATES_BYTES_MAX: u64 = 256 << 10;

/// What the node shows to others, and what it checks.
pub(super) fn read(
    node: &NodeName,
    files: &CertificateFiles,
    now: SystemTime,
) -> Result<ClusterTls, ConfigError> {
    let ca = public("--cluster-ca", &files.ca)?;
    let certificate = public("--cluster-cert", &files.certificate)?;
    let key = read_private(&files.key)
        .map_err(|error| ConfigError::new(format!("--cluster-key: {error}")))?;
    ClusterTls::new(node, &ca, &certificate, key.as_bytes(), now).map_err(|error| {
        let (flag, path) = match &error {
            TlsError::Name(_) => return ConfigError::new(format!("--name: {error}")),
            TlsError::Versions(_) => return ConfigError::new(error.to_string()),
            TlsError::Authority(_) => ("--cluster-ca", &files.ca),
            TlsError::Certificate(_) => ("--cluster-cert", &files.certificate),
            TlsError::Key(_) => ("--cluster-key", &files.key),
        };
        ConfigError::new(format!("{flag}: {}: {error}", path.display()))
    })
}

fn public(flag: &str, path: &Path) -> Result<Vec<u8>, ConfigError> {
    let failed = |reason: String| ConfigError::new(format!("{flag}: {}: {reason}", path.display()));
    let metadata = std::fs::metadata(path).map_err(|error| failed(error.to_string()))?;
    if metadata.len() > CERTIFICATES_BYTES_MAX {
        return Err(failed(String::from("is too large for certificates")));
    }
    std::fs::read(path).map_err(|error| failed(error.to_string()))
}
