//! Encrypted connections: both ends show a certificate of the cluster's authority.
//!
//! The name in a certificate is compared with the name that its owner goes by, once that is known: the
//! peer proves it in the handshake above. So who dials need not know who is at an address.

use std::{fmt, net::SocketAddr, sync::Arc, time::SystemTime};

use arsenal_core::name::NodeName;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};
use tokio_rustls::{
    TlsAcceptor, TlsConnector, client, rustls,
    rustls::{
        ClientConfig, RootCertStore, ServerConfig,
        client::{danger::ServerCertVerifier as _, verify_server_name},
        crypto::{CryptoProvider, aws_lc_rs},
        pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime, pem::PemObject as _},
        server::{ParsedCertificate, WebPkiClientVerifier, danger::ClientCertVerifier},
        version::TLS13,
    },
    server,
};

use super::{
    authority::Authority,
    tls_errors::{TlsError, failed_dial, not_accepted},
};
use crate::network::DialError;

/// What who accepted a connection says first: a refused certificate would be noticed only later.
const WELCOME: u8 = b'A';

/// The certificate of a node, its key, and the authority that signs those of all nodes.
#[derive(Clone)]
pub struct ClusterTls {
    acceptor: TlsAcceptor,
    connector: TlsConnector,
}

impl ClusterTls {
    /// Whether a certificate can carry this name: a number alone is no DNS name.
    pub fn can_name(node: &NodeName) -> bool {
        ServerName::try_from(node.as_str()).is_ok()
    }

    /// Takes PEM texts: the authority's certificates, the node's own with what leads to the authority,
    /// and its key. What other nodes would refuse is refused here.
    ///
    /// # Errors
    ///
    /// A text cannot be read; the key belongs to another certificate; that does not name the node: it
    /// needs the name as a DNS name (`subjectAltName`), which a number alone cannot be; or the authority
    /// did not sign it, for both ends of a connection and for this time.
    pub fn new(
        node: &NodeName,
        ca: &[u8],
        certificate: &[u8],
        key: &[u8],
        now: SystemTime,
    ) -> Result<Self, TlsError> {
        if !Self::can_name(node) {
            return Err(TlsError::Name(node.clone()));
        }
        let provider = Arc::new(aws_lc_rs::default_provider());
        let roots = Arc::new(roots(ca)?);
        let chain = certificates(certificate).map_err(TlsError::Certificate)?;
        if !chain.first().is_some_and(|first| NodeCertificate(first.clone()).names(node)) {
            return Err(TlsError::Certificate(format!(
                "it does not name this node: it needs `{node}` as a DNS name (subjectAltName)"
            )));
        }
        let key =
            PrivateKeyDer::from_pem_slice(key).map_err(|error| TlsError::Key(error.to_string()))?;
        let acceptor = acceptor(&provider, &roots, chain.clone(), key.clone_key())?;
        let connector = connector(&provider, Arc::clone(&roots), chain.clone(), key)?;
        check_own(&provider, &roots, &chain, now)?;
        Ok(Self { acceptor, connector })
    }

    /// The server's side of a handshake. Waits for the other end, which may never answer.
    pub(super) async fn accept(
        &self,
        stream: TcpStream,
    ) -> std::io::Result<(server::TlsStream<TcpStream>, NodeCertificate)> {
        let mut stream = self.acceptor.accept(stream).await?;
        stream.write_u8(WELCOME).await?;
        stream.flush().await?;
        let certificate = shown(stream.get_ref().1.peer_certificates());
        Ok((stream, certificate.ok_or(std::io::ErrorKind::InvalidData)?))
    }

    /// The client's side of a handshake. Waits for the other end, which may never answer.
    pub(super) async fn connect(
        &self,
        stream: TcpStream,
        address: SocketAddr,
    ) -> Result<(client::TlsStream<TcpStream>, NodeCertificate), DialError> {
        let name = ServerName::IpAddress(address.ip().into());
        let shaken = self.connector.connect(name, stream).await;
        let mut stream = shaken.map_err(|error| failed_dial(&error))?;
        stream.read_u8().await.map_err(|error| {
            let why = failed_dial(&error);
            // It spoke TLS already.
            if why == DialError::NoTls { DialError::HandshakeClosed } else { why }
        })?;
        let certificate = shown(stream.get_ref().1.peer_certificates());
        Ok((stream, certificate.ok_or(DialError::NoTls)?))
    }
}

/// What a peer has shown: signed by the authority.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct NodeCertificate(CertificateDer<'static>);

impl NodeCertificate {
    /// Whether it was given to this node.
    pub(super) fn names(&self, node: &NodeName) -> bool {
        let (Ok(certificate), Ok(name)) =
            (ParsedCertificate::try_from(&self.0), ServerName::try_from(node.as_str()))
        else {
            return false;
        };
        verify_server_name(&certificate, &name).is_ok()
    }
}

fn shown(chain: Option<&[CertificateDer<'static>]>) -> Option<NodeCertificate> {
    Some(NodeCertificate(chain?.first()?.clone()))
}

/// The certificate of this node, as others will check it: whom it dials, and who dials it. They would say
/// so with every connection, and this node would be alone.
fn check_own(
    provider: &Arc<CryptoProvider>,
    roots: &Arc<RootCertStore>,
    chain: &[CertificateDer<'static>],
    now: SystemTime,
) -> Result<(), TlsError> {
    let refused = |error: rustls::Error| TlsError::Certificate(not_accepted(&error));
    let Some((own, intermediates)) = chain.split_first() else { return Ok(()) };
    let now =
        UnixTime::since_unix_epoch(now.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default());
    let anybody = ServerName::IpAddress(std::net::Ipv4Addr::LOCALHOST.into());
    Authority::new(Arc::clone(roots), Arc::clone(provider))
        .verify_server_cert(own, intermediates, &anybody, &[], now)
        .map_err(refused)?;
    who_dials(provider, roots)?.verify_client_cert(own, intermediates, now).map_err(refused)?;
    Ok(())
}

/// Checks the certificates of those who dial this node.
fn who_dials(
    provider: &Arc<CryptoProvider>,
    roots: &Arc<RootCertStore>,
) -> Result<Arc<dyn ClientCertVerifier>, TlsError> {
    WebPkiClientVerifier::builder_with_provider(Arc::clone(roots), Arc::clone(provider))
        .build()
        .map_err(|error| TlsError::Authority(error.to_string()))
}

fn key_error(error: &rustls::Error) -> TlsError {
    let is_foreign = matches!(error, rustls::Error::InconsistentKeys(_));
    let meant = if is_foreign {
        "it belongs to another certificate than --cluster-cert"
    } else {
        "it cannot be used"
    };
    TlsError::Key(format!("{meant} ({error})"))
}

fn acceptor(
    provider: &Arc<CryptoProvider>,
    roots: &Arc<RootCertStore>,
    chain: Vec<CertificateDer<'static>>,
    key: PrivateKeyDer<'static>,
) -> Result<TlsAcceptor, TlsError> {
    let verifier = who_dials(provider, roots)?;
    let config = ServerConfig::builder_with_provider(Arc::clone(provider))
        .with_protocol_versions(&[&TLS13])
        .map_err(|error| TlsError::Versions(error.to_string()))?
        .with_client_cert_verifier(verifier)
        .with_single_cert(chain, key)
        .map_err(|error| key_error(&error))?;
    Ok(TlsAcceptor::from(Arc::new(config)))
}

fn connector(
    provider: &Arc<CryptoProvider>,
    roots: Arc<RootCertStore>,
    chain: Vec<CertificateDer<'static>>,
    key: PrivateKeyDer<'static>,
) -> Result<TlsConnector, TlsError> {
    let authority = Authority::new(roots, Arc::clone(provider));
    let config = ClientConfig::builder_with_provider(Arc::clone(provider))
        .with_protocol_versions(&[&TLS13])
        .map_err(|error| TlsError::Versions(error.to_string()))?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(authority))
        .with_client_auth_cert(chain, key)
        .map_err(|error| key_error(&error))?;
    Ok(TlsConnector::from(Arc::new(config)))
}

fn roots(ca: &[u8]) -> Result<RootCertStore, TlsError> {
    let mut roots = RootCertStore::empty();
    for certificate in certificates(ca).map_err(TlsError::Authority)? {
        roots.add(certificate).map_err(|error| TlsError::Authority(error.to_string()))?;
    }
    Ok(roots)
}

fn certificates(pem: &[u8]) -> Result<Vec<CertificateDer<'static>>, String> {
    let read: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(pem).collect();
    let certificates = read.map_err(|error| error.to_string())?;
    if certificates.is_empty() {
        return Err(String::from("there is none in the file (PEM)"));
    }
    Ok(certificates)
}

impl fmt::Debug for ClusterTls {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("ClusterTls(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_alone_is_refused_before_any_file_is_read() {
        let refused = |name: &str| {
            ClusterTls::new(&name.parse().unwrap(), b"", b"", b"", SystemTime::UNIX_EPOCH)
        };
        let why = refused("1").unwrap_err().to_string();
        assert!(why.contains("no certificate can carry the name `1`"), "{why}");
        assert!(matches!(refused("n1"), Err(TlsError::Authority(_))));
    }
}
