//! An authority that signs the certificates of nodes.

use std::time::{Duration, SystemTime};

use arsenal_core::name::NodeName;
use rcgen::{
    BasicConstraints, CertificateParams, DnType, Error, ExtendedKeyUsagePurpose, IsCa, Issuer,
    KeyPair, KeyUsagePurpose,
};

/// For how long certificates hold.
const VALID_FOR: Duration = Duration::from_hours(365 * 24);

/// How far the clocks of two machines may be apart.
const VALID_BEFORE: Duration = Duration::from_hours(1);

/// An authority with its own certificate.
pub(super) struct Authority {
    certificate: String,
    issuer: Issuer<'static, KeyPair>,
    since: SystemTime,
}

/// What a node gets, as PEM texts.
pub(super) struct Issued {
    pub(super) certificate: String,
    pub(super) key: String,
}

impl Authority {
    pub(super) fn new(now: SystemTime) -> Result<Self, Error> {
        let key = KeyPair::generate()?;
        let mut params = params("Arsenal development authority", Vec::new(), now)?;
        // It signs nodes, and no further authorities.
        params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        let certificate = params.self_signed(&key)?.pem();
        Ok(Self { certificate, issuer: Issuer::new(params, key), since: now })
    }

    pub(super) fn certificate(&self) -> String {
        self.certificate.clone()
    }

    pub(super) fn key(&self) -> String {
        self.issuer.key().serialize_pem()
    }

    /// A certificate for a node, which shows it to those that it dials and to those that dial it.
    pub(super) fn issue(&self, node: &NodeName) -> Result<Issued, Error> {
        let key = KeyPair::generate()?;
        let names = vec![node.as_str().to_owned()];
        let mut params = params(node.as_str(), names, self.since)?;
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.extended_key_usages =
            vec![ExtendedKeyUsagePurpose::ServerAuth, ExtendedKeyUsagePurpose::ClientAuth];
        let certificate = params.signed_by(&key, &self.issuer)?.pem();
        Ok(Issued { certificate, key: key.serialize_pem() })
    }
}

fn params(title: &str, names: Vec<String>, now: SystemTime) -> Result<CertificateParams, Error> {
    let mut params = CertificateParams::new(names)?;
    params.distinguished_name.push(DnType::CommonName, title);
    params.not_before = (now - VALID_BEFORE).into();
    params.not_after = (now + VALID_FOR).into();
    Ok(params)
}
