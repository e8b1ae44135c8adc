//! Networks on the node server of a program, which has process groups and sessions of its own.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use arsenal_cluster::network::{
    DatagramKey, Down, Network as _, RefusedConnections, WantedPeer,
    ractor::{ClusterTls, RactorConfig, RactorNetwork, SessionServer},
};
use ractor::{Actor, ActorProcessingErr, ActorRef, pg};
use ractor_cluster::{
    IncomingEncryptionMode, NodeServer, NodeServerMessage, RactorClusterMessage, client_connect,
    client_connect_enc, node::NodeServerSessionInformation,
};
use tokio::time::{Instant, sleep};

use super::{
    node::{Event, TestNode},
    process::{Peer, SECRET},
    ractor::ANY_PORT,
    tls::{self, Certificates},
    world::SOON,
};

/// The group of the program's own workers.
const GROUP: &str = "workers";

/// How long nothing may happen to a session of the program. Longer than a handshake, and than a peer that
/// does not answer is waited for.
const LEFT_ALONE: Duration = Duration::from_secs(6);

/// How long nothing may change once two programs have met. Longer than the second side waits to dial.
const SETTLED: Duration = Duration::from_secs(4);

/// What the program has before it has a node.
pub(crate) struct Program {
    pub(crate) server: ActorRef<NodeServerMessage>,
    address: SocketAddr,
}

impl Program {
    /// Its node server listens on a free port, and one worker is in the group.
    pub(crate) async fn start(name: &str) -> Self {
        Self::start_with(name, None).await
    }

    /// With connections that it encrypts itself, as it likes.
    async fn start_with(name: &str, encryption: Option<IncomingEncryptionMode>) -> Self {
        let address = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let cookie = String::from("cookie of the program");
        let (name, host) = (format!("program-{name}"), String::from("localhost"));
        let server = NodeServer::new(address.port(), cookie, name, host, encryption, None)
            .with_listen_addr(address.ip());
        let (server, _) = Actor::spawn(None, server, ()).await.unwrap();
        let (worker, _) = Actor::spawn(None, Worker, ()).await.unwrap();
        pg::join(GROUP.into(), vec![worker.get_cell()]);
        Self { server, address }
    }

    pub(crate) async fn open(&self, id: &str, listen: SocketAddr) -> Arc<RactorNetwork> {
        self.open_with(id, listen, None).await
    }

    async fn open_with(
        &self,
        id: &str,
        listen: SocketAddr,
        tls: Option<ClusterTls>,
    ) -> Arc<RactorNetwork> {
        let config = RactorConfig {
            id: id.parse().unwrap(),
            listen,
            advertise: None,
            server: SessionServer::Given(self.server.clone()),
            datagrams: DatagramKey::new([SECRET; 32]).into(),
            tls,
        };
        RactorNetwork::open(config).await.unwrap()
    }

    async fn sessions(&self) -> Vec<NodeServerSessionInformation> {
        let sessions = ractor::call_t!(self.server, NodeServerMessage::GetSessions, 5_000);
        sessions.unwrap().into_values().collect()
    }

    /// Waits until the group has so many members, and never more.
    async fn until_workers(&self, count: usize) {
        let begun = Instant::now();
        loop {
            let workers = pg::get_members(&GROUP.into()).len();
            assert!(workers <= count, "the group has {workers} members");
            if workers == count {
                return;
            }
            assert!(begun.elapsed() < SOON, "the group has {workers} members");
            sleep(Duration::from_millis(5)).await;
        }
    }
}

struct Worker;

#[derive(RactorClusterMessage)]
enum WorkerMessage {
    Work,
}

impl Actor for Worker {
    type Msg = WorkerMessage;
    type State = ();
    type Arguments = ();

    async fn pre_start(
        &self,
        _: ActorRef<WorkerMessage>,
        (): (),
    ) -> Result<(), ActorProcessingErr> {
        Ok(())
    }
}

/// A program without a node: it connects to another one and stays.
pub(crate) async fn outsider(other: &str) {
    let program = Program::start("outsider").await;
    client_connect(&program.server, other).await.unwrap();
    println!("listening {}", program.address);
    std::future::pending::<()>().await;
}

/// A node on the server of its program, which tells where both listen.
pub(crate) async fn peer(id: &str, listen: &str, wanted: &str, connects_to: &str) {
    let program = Program::start(id.split('#').next().unwrap()).await;
    let network = program.open(id, listen.parse().unwrap()).await;
    let address = network.me().address;
    let node = TestNode::start(network);
    if wanted != "nobody" {
        node.network_want(vec![WantedPeer { address: wanted.parse().unwrap(), id: None }]);
    }
    if connects_to != "nobody" {
        client_connect(&program.server, connects_to).await.unwrap();
    }
    println!("listening {address}");
    std::future::pending::<()>().await;
}

/// A path runs on a session that the programs made by themselves: there is no second one, and it stays
/// when the path does not.
pub(crate) async fn lent() {
    let program = Program::start("a").await;
    let network = program.open("a#1", ANY_PORT.into()).await;
    let node = TestNode::start(Arc::<RactorNetwork>::clone(&network));
    let role = format!("given b#1 127.0.0.1:0 nobody {}", program.address);
    let b = Peer::start_as("b#1", &role);
    node.log.wait(&Event::Up(b.id.clone()), 1, SOON).await;
    program.until_workers(2).await;
    let session = program.sessions().await.remove(0).actor.get_id();

    // Who is reached over it is not dialled.
    let wanted = WantedPeer { address: b.address, id: Some(b.id.clone()) };
    node.network_want(vec![wanted.clone()]);
    network.reset(&b.id);
    node.log.wait(&Event::Down(b.id.clone(), Down::Reset), 1, SOON).await;
    node.log.wait(&Event::Up(b.id.clone()), 2, SOON).await;
    assert_eq!(network.attempts(), []);

    node.network_want(Vec::new());
    node.log.wait(&Event::Down(b.id.clone(), Down::Unwanted), 1, SOON).await;
    node.network_want(vec![wanted]);
    node.log.wait(&Event::Up(b.id.clone()), 3, SOON).await;

    network.close().await;
    node.log.wait(&Event::Down(b.id.clone(), Down::Closed), 1, SOON).await;
    let again = TestNode::start(program.open("a#2", ANY_PORT.into()).await);
    again.log.wait(&Event::Up(b.id.clone()), 1, SOON).await;

    let sessions = program.sessions().await;
    let ids: Vec<_> = sessions.iter().map(|session| session.actor.get_id()).collect();
    assert_eq!(ids, [session], "the session of the programs is the only one, and still there");
    program.until_workers(2).await;
}

/// A program with a node, which connects to another one over TLS of its own.
pub(crate) async fn encrypted_peer(id: &str, connects_to: &str, folder: &str) {
    let program = Program::start("b").await;
    let network = program.open(id, ANY_PORT.into()).await;
    let address = network.me().address;
    let _node = TestNode::start(network);
    let (connector, name) = (tls::connector(folder.as_ref()), "a".try_into().unwrap());
    client_connect_enc(&program.server, connects_to, connector, name).await.unwrap();
    println!("listening {address}");
    std::future::pending::<()>().await;
}

/// A path runs on a session that the programs encrypted themselves as on any other of theirs.
pub(crate) async fn lent_encrypted() {
    let certificates = Certificates::new(&["a"]);
    let encryption = IncomingEncryptionMode::Tls(tls::acceptor(certificates.path(), "a"));
    let program = Program::start_with("a", Some(encryption)).await;
    let network = program.open("a#1", ANY_PORT.into()).await;
    let node = TestNode::start(Arc::<RactorNetwork>::clone(&network));
    let folder = certificates.path().display();
    let b = Peer::start_as("b#1", &format!("encrypted b#1 {} {folder}", program.address));
    node.log.wait(&Event::Up(b.id.clone()), 1, SOON).await;
    program.until_workers(2).await;
    network.close().await;
    node.log.wait(&Event::Down(b.id.clone(), Down::Closed), 1, SOON).await;
    assert_eq!(program.sessions().await.len(), 1, "the session of the programs stays");
}

/// Nothing happens to the sessions of programs that have no node.
pub(crate) async fn outsiders() {
    let program = Program::start("a").await;
    let network = program.open("a#1", ANY_PORT.into()).await;
    let node = TestNode::start(Arc::<RactorNetwork>::clone(&network));
    let role = format!("outsider {}", program.address);
    let _outsider = Peer::start_as("outsider#1", &role);
    program.until_workers(2).await;
    let session = program.sessions().await.remove(0).actor;
    let begun = Instant::now();
    while begun.elapsed() < LEFT_ALONE {
        program.until_workers(2).await;
        sleep(Duration::from_millis(50)).await;
    }
    assert_eq!(node.log.events(), []);
    assert_eq!(network.refusals().connections, RefusedConnections::default());
    network.close().await;
    let left: Vec<_> = program.sessions().await.iter().map(|it| it.actor.get_id()).collect();
    assert_eq!(left, [session.get_id()]);
}

/// Where nodes show certificates, nobody gets in over a session of the program: none was shown on it.
pub(crate) async fn uncertified() {
    let certificates = Certificates::new(&["a"]);
    let program = Program::start("a").await;
    let tls = tls::of(certificates.path(), "a");
    let network = program.open_with("a#1", ANY_PORT.into(), Some(tls)).await;
    let node = TestNode::start(network);
    let role = format!("given b#1 127.0.0.1:0 nobody {}", program.address);
    let _b = Peer::start_as("b#1", &role);
    let is_there = || pg::which_scoped_groups(&"arsenal".into()).contains(&"b#1".into());
    let begun = Instant::now();
    while !is_there() {
        assert!(begun.elapsed() < SOON, "the agent of b is not seen");
        sleep(Duration::from_millis(5)).await;
    }
    let begun = Instant::now();
    while begun.elapsed() < SETTLED {
        assert_eq!(node.log.events(), []);
        sleep(Duration::from_millis(50)).await;
    }
    program.until_workers(2).await;
}

/// The network closes what it made itself, and nothing else.
pub(crate) async fn closing() {
    let program = Program::start("a").await;
    let network = program.open("a#1", ANY_PORT.into()).await;
    let node = TestNode::start(Arc::<RactorNetwork>::clone(&network));
    let role = format!("given b#1 127.0.0.1:0 {} nobody", network.me().address);
    let b = Peer::start_as("b#1", &role);
    node.log.wait(&Event::Up(b.id.clone()), 1, SOON).await;
    program.until_workers(2).await;
    network.close().await;
    let begun = Instant::now();
    while !program.sessions().await.is_empty() {
        assert!(begun.elapsed() < SOON, "a session of the network stays");
        sleep(Duration::from_millis(5)).await;
    }
    drop(network);
    // The server of the program serves on.
    client_connect(&program.server, program.address).await.unwrap();
    assert!(program.sessions().await.is_empty());
}

/// A program that connects by itself while the nodes dial each other, too, ends up with one session.
pub(crate) async fn both_dial() {
    let program = Program::start("a").await;
    let network = program.open("a#1", ANY_PORT.into()).await;
    let node = TestNode::start(Arc::<RactorNetwork>::clone(&network));
    let role = format!("given b#1 127.0.0.1:0 {} {}", network.me().address, program.address);
    let b = Peer::start_as("b#1", &role);
    node.network_want(vec![b.wanted()]);
    let mut settled: Option<Instant> = None;
    let begun = Instant::now();
    // It is as it shall be, and stays so.
    while settled.is_none_or(|since| since.elapsed() < SETTLED) {
        let sessions = program.sessions().await.len();
        let workers = pg::get_members(&GROUP.into()).len();
        let is_reached = node.endpoint.peers().iter().any(|state| state.peer.id == b.id);
        assert!(workers <= 3, "no more than one session is about to be left: {workers} workers");
        if (sessions, workers, is_reached) == (1, 2, true) {
            settled.get_or_insert_with(Instant::now);
        } else {
            settled = None;
            assert!(begun.elapsed() < SOON, "{sessions} sessions, {workers}, {is_reached}");
        }
        sleep(Duration::from_millis(5)).await;
    }
}
