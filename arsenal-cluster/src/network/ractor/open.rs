//! Opening the network of a process.

use std::{
    fmt, io,
    net::SocketAddr,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
};

use ractor::{Actor, SpawnErr};
use tokio::{net::TcpListener, task::JoinSet};

use super::{
    ClusterTls, RactorNetwork, SessionServer,
    agent::{Agent, Events},
    core::Core,
    datagrams::Datagrams,
    message::AgentMessage,
    server::Server,
    turned_away::TurnedAway,
};
use crate::network::{DatagramKeys, Peer, PeerId};

/// The longest message of a session: a frame, or the list of all remotable actors of a peer, with
/// head room. It is also what an unauthenticated connection can make us hold.
pub(super) const SESSION_FRAME_BYTES_MAX: u64 = 2 << 20;

/// Whether this process has a network.
static IS_OPEN: AtomicBool = AtomicBool::new(false);

/// How the network of a node is opened.
#[derive(Clone, Debug)]
pub struct RactorConfig {
    /// Who we are. Another start needs another generation.
    pub id: PeerId,
    /// Where to listen. Port 0 takes a free one.
    pub listen: SocketAddr,
    /// The address that others dial; `None` for the one that is listened on. To be given if that
    /// is a wildcard.
    pub advertise: Option<SocketAddr>,
    /// What makes the sessions: a node server of our own with the secret of the cluster, or the
    /// program's.
    pub server: SessionServer,
    /// What seals the datagrams. They use the port of `listen`, over UDP.
    pub datagrams: DatagramKeys,
    /// What encrypts the connections. All nodes of a cluster do, or none.
    pub tls: Option<ClusterTls>,
}

/// Why a network could not be opened.
#[derive(Debug)]
pub enum OpenError {
    /// This process has one already.
    AlreadyOpen,
    /// The address cannot be listened on, for instance because its port is busy.
    Listen {
        /// The address.
        address: SocketAddr,
        /// Why.
        source: io::Error,
    },
    /// An actor of the network did not start.
    Start(SpawnErr),
    /// The node server that was given does not answer.
    NoServer,
}

impl fmt::Display for OpenError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::AlreadyOpen => formatter.write_str("this process has an open network already"),
            Self::Listen { address, source } => {
                write!(formatter, "cannot listen on {address}: {source}")
            }
            Self::Start(error) => write!(formatter, "the network did not start: {error}"),
            Self::NoServer => formatter.write_str("the given node server does not answer"),
        }
    }
}

impl std::error::Error for OpenError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::AlreadyOpen | Self::Start(_) | Self::NoServer => None,
            Self::Listen { source, .. } => Some(source),
        }
    }
}

pub(super) async fn open(config: RactorConfig) -> Result<RactorNetwork, OpenError> {
    if IS_OPEN.swap(true, Ordering::AcqRel) {
        return Err(OpenError::AlreadyOpen);
    }
    let opened = start(config).await;
    if opened.is_err() {
        release();
    }
    opened
}

/// Lets another network be opened in this process.
pub(super) fn release() {
    IS_OPEN.store(false, Ordering::Release);
}

async fn start(config: RactorConfig) -> Result<RactorNetwork, OpenError> {
    let failed = |source| OpenError::Listen { address: config.listen, source };
    let listener = TcpListener::bind(config.listen).await.map_err(failed)?;
    let address = match config.advertise {
        Some(address) => address,
        None => listener.local_addr().map_err(failed)?,
    };
    let port = listener.local_addr().map_err(failed)?;
    let turned_away = Arc::<TurnedAway>::default();
    let datagrams = Datagrams::open(port, &config.datagrams, Arc::clone(&turned_away));
    let datagrams = datagrams.await.map_err(failed)?;
    let server = Server::start(config.server, &config.id).await?;
    let me = Peer { id: config.id, address };
    let core = Arc::new(Core::new(me, config.tls, turned_away, server.clone()));
    let agent = match Actor::spawn(None, Agent, Arc::clone(&core)).await {
        Ok((agent, _)) => agent,
        Err(error) => {
            server.abandon();
            return Err(OpenError::Start(error));
        }
    };
    core.set_agent(agent.clone());
    server.subscribe(Events(agent.clone()));
    let listener = Mutex::new(Some(listener));
    let (datagrams, receiving) =
        (Mutex::new(Some(Arc::new(datagrams))), Mutex::new(JoinSet::new()));
    let network = RactorNetwork { core, agent, listener, datagrams, receiving };
    // From here on what failed is undone by its drop.
    if server.is_given {
        let sessions = server.sessions().await.ok_or(OpenError::NoServer)?;
        for session in sessions {
            network
                .agent
                .cast(AgentMessage::Ready(session))
                .map_err(|_ended| OpenError::NoServer)?;
        }
    }
    Ok(network)
}
