//! Certificates for the checks, and the checks of who is let in with which.

use std::{
    fs,
    path::Path,
    sync::Arc,
    time::{Duration, SystemTime},
};

use arsenal_cluster::network::{
    DialError, Network as _,
    ractor::{ClusterTls, RactorNetwork, TlsError},
};
use rcgen::{BasicConstraints, CertificateParams, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair};
use tokio::{
    net::TcpStream,
    time::{Instant, sleep},
};
use tokio_rustls::{
    TlsAcceptor, TlsConnector,
    rustls::{
        ClientConfig, RootCertStore, ServerConfig,
        pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject as _},
    },
};

use super::{
    node::{Event, TestNode},
    process::{Peer, SECRET, open, open_with},
    ractor::{ANY_PORT, attempt, counted},
    world::SOON,
};

/// A folder with the certificates of one authority.
pub(crate) struct Certificates(tempfile::TempDir);

impl Certificates {
    pub(crate) fn new(nodes: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let ca = params.self_signed(&key).unwrap();
        fs::write(folder.path().join("ca.pem"), ca.pem()).unwrap();
        let authority = Issuer::new(params, key);
        for node in nodes {
            let key = KeyPair::generate().unwrap();
            let mut params = CertificateParams::new(vec![(*node).to_owned()]).unwrap();
            params.extended_key_usages =
                vec![ExtendedKeyUsagePurpose::ServerAuth, ExtendedKeyUsagePurpose::ClientAuth];
            let certificate = params.signed_by(&key, &authority).unwrap();
            fs::write(folder.path().join(format!("{node}.pem")), certificate.pem()).unwrap();
            fs::write(folder.path().join(format!("{node}.key")), key.serialize_pem()).unwrap();
        }
        Self(folder)
    }

    pub(crate) fn path(&self) -> &Path {
        self.0.path()
    }
}

/// What a node of this name shows.
pub(crate) fn of(folder: &Path, node: &str) -> ClusterTls {
    with_key_of(folder, node, node).unwrap()
}

fn with_key_of(folder: &Path, node: &str, key: &str) -> Result<ClusterTls, TlsError> {
    let read = |name: String| fs::read(folder.join(name)).unwrap();
    let (ca, certificate) = (read("ca.pem".to_owned()), read(format!("{node}.pem")));
    let key = read(format!("{key}.key"));
    ClusterTls::new(&node.parse().unwrap(), &ca, &certificate, &key, now())
}

/// What a program encrypts its own connections with: it shows a certificate and asks for none.
pub(crate) fn acceptor(folder: &Path, name: &str) -> TlsAcceptor {
    let certificate = CertificateDer::from_pem_file(folder.join(format!("{name}.pem"))).unwrap();
    let key = PrivateKeyDer::from_pem_file(folder.join(format!("{name}.key"))).unwrap();
    let config = ServerConfig::builder().with_no_client_auth();
    Arc::new(config.with_single_cert(vec![certificate], key).unwrap()).into()
}

/// And what it connects with.
pub(crate) fn connector(folder: &Path) -> TlsConnector {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_file(folder.join("ca.pem")).unwrap()).unwrap();
    Arc::new(ClientConfig::builder().with_root_certificates(roots).with_no_client_auth()).into()
}

#[expect(clippy::disallowed_methods, reason = "certificates of the checks hold now")]
fn now() -> SystemTime {
    SystemTime::now()
}

pub(crate) async fn refusals() {
    let certificates = Certificates::new(&["a", "b", "c"]);
    let others = Certificates::new(&["b"]);
    let own = certificates.path();
    assert!(matches!(with_key_of(own, "a", "b"), Err(TlsError::Key(_))));
    let pem = fs::read(own.join("a.pem")).unwrap();
    let key = fs::read(own.join("a.key")).unwrap();
    let with_ca = |node: &str, ca: &[u8], now: SystemTime| {
        ClusterTls::new(&node.parse().unwrap(), ca, &pem, &key, now).unwrap_err().to_string()
    };
    let for_b = with_ca("b", &pem, now());
    assert!(for_b.contains("it needs `b` as a DNS name"), "{for_b}");
    // What others would refuse is refused before anybody is asked.
    let [ca, foreign_ca] = [own, others.path()].map(|at| fs::read(at.join("ca.pem")).unwrap());
    let foreign = with_ca("a", &foreign_ca, now());
    assert!(foreign.contains("(--cluster-ca)"), "{foreign}");
    let early = with_ca("a", &ca, SystemTime::UNIX_EPOCH);
    assert!(early.contains("not valid yet"), "{early}");
    let late = with_ca("a", &ca, SystemTime::UNIX_EPOCH + Duration::from_hours(24 * 366 * 2_200));
    assert!(late.contains("has expired"), "{late}");

    let network = open_with("a#1", ANY_PORT.into(), SECRET, Some(of(own, "a"))).await;
    let node = TestNode::start(Arc::<RactorNetwork>::clone(&network));
    let me = network.me().address;
    // Silent ones hold nobody up.
    let _silent = [TcpStream::connect(me).await.unwrap(), TcpStream::connect(me).await.unwrap()];
    let lawful = Peer::start_with("c#1", ANY_PORT.into(), SECRET, me, Some((own, "c")));
    let begun = Instant::now();
    node.network_want(vec![lawful.wanted()]);
    node.log.wait(&Event::Up(lawful.id.clone()), 1, SOON).await;
    assert!(begun.elapsed() < Duration::from_secs(3), "{:?}", begun.elapsed());

    let plain = Peer::start("b#1", ANY_PORT.into(), SECRET, me);
    node.network_want(vec![lawful.wanted(), plain.wanted()]);
    attempt(&network, plain.address, &DialError::NoTls).await;
    drop(plain);

    let foreign = Peer::start_with("b#2", ANY_PORT.into(), SECRET, me, Some((others.path(), "b")));
    node.network_want(vec![lawful.wanted(), foreign.wanted()]);
    let begun = Instant::now();
    while !network.attempts().iter().any(|attempt| {
        attempt.address == foreign.address
            && matches!(attempt.reason, DialError::CertificateInvalid(_))
    }) {
        assert!(begun.elapsed() < SOON, "{:?}", network.attempts());
        sleep(Duration::from_millis(10)).await;
    }
    counted(&network, |refused| refused.no_tls).await;
    drop(foreign);

    // It belongs to the cluster, and takes the name of another node.
    let impostor = Peer::start_with("b#3", ANY_PORT.into(), SECRET, me, Some((own, "c")));
    node.network_want(vec![lawful.wanted(), impostor.wanted()]);
    attempt(&network, impostor.address, &DialError::CertificateName(impostor.id.clone())).await;
    counted(&network, |refused| refused.misnamed).await;
    assert_eq!(node.log.events(), [Event::Up(lawful.id.clone())]);
}

pub(crate) async fn from_plain() {
    let certificates = Certificates::new(&["b"]);
    let network = open("a#1", ANY_PORT.into(), SECRET).await;
    let node = TestNode::start(Arc::<RactorNetwork>::clone(&network));
    let shown = Some((certificates.path(), "b"));
    let b = Peer::start_with("b#1", ANY_PORT.into(), SECRET, network.me().address, shown);
    node.network_want(vec![b.wanted()]);
    attempt(&network, b.address, &DialError::HandshakeClosed).await;
    assert_eq!(node.log.events(), []);
}
