//! A node inside of a program that has its own router, and perhaps its own node server.

use std::{env, fmt, net::SocketAddr, path::Path, sync::Arc};

use arsenal_cluster::node::{Node, NodeBuilder};
use axum::Router;
use ractor::ActorRef;
use ractor_cluster::NodeServerMessage;

use crate::{
    config::{ServeConfig, ServeFlags},
    data_dir::DataDir,
    program::Equipment,
    run::{self, StartError, Started},
};

/// What a node inside of a program is made of.
///
/// What is not said here comes from where `arsenal serve` takes it: environment variables
/// (`ARSENAL_VOTERS`), the file that `ARSENAL_CONFIG` names, and defaults. The same combinations are
/// refused: an address that others can reach needs `ARSENAL_INSECURE_BIND=true`, since nothing on it is
/// encrypted.
///
/// ```no_run
/// # async fn run(my_routes: axum::Router) -> Result<(), Box<dyn std::error::Error>> {
/// use std::net::SocketAddr;
///
/// let listener = tokio::net::TcpListener::bind("127.0.0.1:8080").await?;
/// let arsenal = arsenal_server::Embedding::new("a", listener.local_addr()?).start().await?;
/// let routes = my_routes.nest("/arsenal", arsenal.router());
/// // Who asks from this machine may read without the token: its routes have to know who asks.
/// axum::serve(listener, routes.into_make_service_with_connect_info::<SocketAddr>()).await?;
/// arsenal.close().await;
/// # Ok(())
/// # }
/// ```
#[must_use = "it starts only when it is told to"]
pub struct Embedding {
    flags: ServeFlags,
    http: SocketAddr,
    equipment: Equipment,
    server: Option<ActorRef<NodeServerMessage>>,
}

impl Embedding {
    /// A node with this name, in a program that serves HTTP at this address.
    pub fn new(name: &str, http: SocketAddr) -> Self {
        let flags = ServeFlags {
            name: Some(name.to_owned()),
            http: Some(http.to_string()),
            ..Default::default()
        };
        Self { flags, http, equipment: Arc::new(|builder| builder), server: None }
    }

    /// The node server that the program has: no second one is started, which would give every process
    /// group each of its members twice. See
    /// [`SessionServer::Given`](arsenal_cluster::network::ractor::SessionServer::Given).
    pub fn node_server(self, server: ActorRef<NodeServerMessage>) -> Self {
        Self { server: Some(server), ..self }
    }

    /// Where Arsenal listens for other nodes: another port than that of the program's node server.
    pub fn listen(mut self, address: SocketAddr) -> Self {
        self.flags.listen = Some(address.to_string());
        self
    }

    /// Where Arsenal listens on other nodes.
    pub fn join(mut self, addresses: impl IntoIterator<Item = SocketAddr>) -> Self {
        self.flags.join.extend(addresses.into_iter().map(|address| address.to_string()));
        self
    }

    /// The folder for what must survive a restart. The token and the secret are in it, unless
    /// `ARSENAL_TOKEN_FILE` and `ARSENAL_SECRET_FILE` say where else.
    pub fn data_dir(mut self, folder: &Path) -> Self {
        self.flags.data_dir = Some(folder.display().to_string());
        self
    }

    /// Gives the node more, as [`Program::node`](crate::Program::node) does.
    pub fn node(self, equip: impl Fn(NodeBuilder) -> NodeBuilder + Send + Sync + 'static) -> Self {
        let earlier = self.equipment;
        Self { equipment: Arc::new(move |builder| equip(earlier(builder))), ..self }
    }

    /// Starts the node. One can run in a process at a time.
    pub async fn start(self) -> Result<Embedded, EmbeddingError> {
        let config = ServeConfig::load(self.flags, |name| env::var(name).ok());
        let config = config.map_err(StartError::from)?;
        let data_dir = DataDir::open(&config.data_dir);
        let data_dir = data_dir.map_err(|error| StartError::Failed(error.into()))?;
        let started = run::start(&config, self.equipment, data_dir, self.http, self.server).await?;
        Ok(Embedded(started))
    }
}

impl fmt::Debug for Embedding {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Embedding").field("flags", &self.flags).finish_non_exhaustive()
    }
}

/// A node that runs inside of a program.
#[derive(Debug)]
pub struct Embedded(Started);

impl Embedded {
    /// The operations, their documents and their metrics, to be nested into the router of the program.
    /// They are behind the rules of `arsenal serve`: a foreign `Host` or `Origin` is refused, changes need
    /// the token, and so does reading from another machine.
    pub fn router(&self) -> Router {
        Router::new().fallback_service(self.0.guard(run::operations(&self.0.node)))
    }

    /// What the node knows and runs.
    pub fn node(&self) -> &Node {
        &self.0.node
    }

    /// Tells the others that this node leaves on purpose, and the clients of its streams, which end. To be
    /// awaited before the program closes its HTTP server.
    pub fn leave(&self) -> impl Future<Output = ()> + Send + use<> {
        self.0.node.leave()
    }

    /// Ends the node. The program's node server, its sessions and its actors go on.
    pub async fn close(self) {
        self.0.close().await;
    }
}

/// Why a node did not start.
#[derive(Debug)]
pub struct EmbeddingError(StartError);

impl From<StartError> for EmbeddingError {
    fn from(error: StartError) -> Self {
        Self(error)
    }
}

impl fmt::Display for EmbeddingError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            StartError::Config(error) => error.fmt(formatter),
            StartError::Failed(error) => write!(formatter, "{error:#}"),
        }
    }
}

impl std::error::Error for EmbeddingError {}
