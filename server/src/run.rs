//! The composition root: the only place where the concrete parts of a node meet.

use std::{net::SocketAddr, path::Path, sync::Arc, time::SystemTime};

use anyhow::Context as _;
use arsenal_cluster::{
    membership::Electorate,
    network::{
        Network as _, Peer, PeerId,
        ractor::{ClusterSecret, RactorConfig, RactorNetwork, SessionServer},
    },
    node::{Node, NodeBuilder, NodeRuntime},
};
use arsenal_core::{
    error::{Code, OperationError},
    http,
    membership::Cluster as _,
    name::NodeName,
    partition,
    registry::Registry,
};
use axum::Router;
use ractor::ActorRef;
use ractor_cluster::NodeServerMessage;
use tokio::net::TcpListener;

use crate::{
    config::{ConfigError, ServeConfig},
    connections,
    credentials::Credentials,
    data_dir::DataDir,
    discovery,
    middleware::{AnsweredBy, Gate, GateRules},
    mode::ModeSwitch,
    pages::{self, Notice, Readiness},
    program::Equipment,
    shutdown::Shutdown,
};

/// Runs one node until it is asked to end.
pub(crate) async fn serve(config: ServeConfig, equipment: Equipment) -> Result<(), StartError> {
    let shutdown = Shutdown::listen()?;
    let data_dir = DataDir::open(&config.data_dir).map_err(anyhow::Error::new)?;
    let listener = bind(config.http).await?;
    let http = listener.local_addr().map_err(anyhow::Error::new)?;
    let started = start(&config, equipment, data_dir, http, None).await?;
    let gate = started.guard(routes(&started.node));
    tell_addresses(&config, started.network.me(), http, &started.credentials.token_file);
    let left = async {
        shutdown.requested().await;
        // It still answers, so that nobody who has not heard it yet meets a closed door.
        started.node.leave().await;
    };
    connections::serve(listener, gate, left).await;
    started.close().await;
    Ok(())
}

/// A node that runs, with its network and its credentials.
#[derive(Debug)]
pub(crate) struct Started {
    pub(crate) node: Arc<Node>,
    network: Arc<RactorNetwork>,
    credentials: Credentials,
    http: SocketAddr,
    /// Locked for as long as the node runs.
    _data_dir: DataDir,
}

impl Started {
    /// These routes behind the rules of exposure, for the real cluster and for a simulated one.
    pub(crate) fn guard(&self, routes: Router) -> Gate<ModeSwitch<Router>> {
        let parts = self.node.parts();
        let answered_by = AnsweredBy::new(&parts.name, parts.mode);
        let token = self.credentials.token.clone();
        let rules = GateRules { bound: self.http, token, answered_by };
        Gate::new(rules, ModeSwitch::new(routes, &self.node))
    }

    /// Ends the node and its network.
    pub(crate) async fn close(self) {
        drop(self.node);
        self.network.close().await;
    }
}

/// Starts a node whose program serves HTTP at this address. Without a node server it starts its own.
pub(crate) async fn start(
    config: &ServeConfig,
    equipment: Equipment,
    data_dir: DataDir,
    http: SocketAddr,
    server: Option<ActorRef<NodeServerMessage>>,
) -> Result<Started, StartError> {
    let generation = data_dir.next_generation(now()).map_err(anyhow::Error::new)?;
    let credentials = Credentials::of(config, &data_dir, now())?;
    warn_of_exposure(config);
    warn_of_second_secret(config);

    let registry = Registry::from_linked().map_err(anyhow::Error::new)?;
    tell_packages(&registry);
    let chosen = data_dir.chosen_voters().map_err(anyhow::Error::new)?;
    if let Some(chosen) = &chosen {
        config.refuse_chosen_observer(chosen, &data_dir.voters_file())?;
        if chosen.voters != config.voters {
            tell_chosen_voters(chosen, &data_dir);
        }
    }
    let builder = equipment(NodeBuilder::new(registry.clone()))
        .simulated_nodes(Arc::new(move || equipment(NodeBuilder::new(registry.clone()))))
        .http_address(http)
        .join(config.join.iter().copied())
        .voters(config.voters.iter().cloned())
        .voter_store(data_dir.voter_store(chosen));
    let builder = if config.is_observer { builder.observer() } else { builder };
    let builder = discovery::equip(builder, config, &credentials)?;
    let network = open_network(config, generation, &credentials, server).await?;
    let node = builder.start(Arc::clone(&network) as _, now()).await.map_err(anyhow::Error::new)?;
    let node = Arc::new(node);
    if let Some(count) = config.simulate {
        simulate(node.runtime(), count).await?;
    }
    Ok(Started { node, network, credentials, http, _data_dir: data_dir })
}

/// Everything that is served over HTTP; what is not found is a problem that names near misses.
fn routes(node: &Arc<Node>) -> Router {
    let parts = node.parts();
    let asked = Arc::clone(node);
    let readiness: Readiness = Arc::new(move || readiness(&asked));
    let addressed = Arc::clone(node.runtime());
    let notice: Notice = Arc::new(move || notice(&addressed));
    pages::routes(&parts.name, &parts.registry, readiness, notice).merge(operations(node))
}

/// The operations, their documents and their metrics.
pub(crate) fn operations(node: &Node) -> Router {
    let parts = node.parts();
    http::documents_router(Arc::clone(parts))
        .merge(http::metrics_router(Arc::clone(parts)))
        .merge(http::router(Arc::clone(parts)))
}

/// Ready is who can decide, or could a moment ago.
fn readiness(node: &Node) -> Result<(), OperationError> {
    let view = node.runtime().view();
    match partition::refusal(&view.quorum) {
        Some(error) if *error.code() != Code::ClusterUnstable => {
            Err(match node.runtime().advice(&view.quorum) {
                Some(advice) => error.suggest(advice),
                None => error,
            })
        }
        Some(_) | None => Ok(()),
    }
}

/// Makes a simulated cluster and lets requests be for it. The real one is as it would be without.
async fn simulate(runtime: &NodeRuntime, count: usize) -> anyhow::Result<()> {
    let simulations = runtime.simulations();
    let made = simulations.make(count, None, runtime.clock().time());
    let simulation = made.await.context("cannot simulate (--simulate)")?;
    simulations.address_simulated(None).context("cannot simulate (--simulate)")?;
    let seed = simulation.status().await.context("cannot simulate (--simulate)")?.seed;
    tracing::warn!(
        nodes = count,
        seed,
        "requests are for a simulated cluster; `POST /api/v1/cluster/mode` or the header \
         `Arsenal-Mode: cluster` leads to the real one"
    );
    Ok(())
}

/// What a reader of the first page must know.
fn notice(runtime: &NodeRuntime) -> Option<String> {
    runtime.simulations().is_simulated().then(|| {
        String::from(
            "Operations are answered by a simulated cluster (see /api/v1/simulation), until \
             POST /api/v1/cluster/mode says otherwise. This page, /metrics and /readyz are of the real node.",
        )
    })
}

async fn open_network(
    config: &ServeConfig,
    generation: u64,
    credentials: &Credentials,
    server: Option<ActorRef<NodeServerMessage>>,
) -> anyhow::Result<Arc<RactorNetwork>> {
    let own = || ClusterSecret::new(credentials.secret.key("ractor_cluster cookie")).into();
    let network = RactorNetwork::open(RactorConfig {
        id: PeerId { name: config.name.clone(), generation },
        listen: config.listen,
        advertise: config.advertise,
        server: server.map_or_else(own, SessionServer::Given),
        datagrams: credentials.datagram_keys("gossip-v1"),
        tls: credentials.tls.clone(),
    });
    network.await.context("cannot serve other nodes (--listen)")
}

/// Whoever gave other `--voters` since, must know that they do not count.
fn tell_chosen_voters(chosen: &Electorate, data_dir: &DataDir) {
    let voters: Vec<&str> = chosen.voters.iter().map(NodeName::as_str).collect();
    tracing::warn!(
        version = chosen.version,
        voters = voters.join(","),
        "an operator chose these voters: they count, not --voters ({})",
        data_dir.voters_file().display()
    );
}

/// Where the node is reached, and where its clients find the token; never the token itself.
fn tell_addresses(config: &ServeConfig, me: &Peer, http: SocketAddr, token_file: &Path) {
    let encryption = if config.files.certificates.is_some() { "encrypted" } else { "unencrypted" };
    tracing::info!(
        generation = me.id.generation,
        token_file = %token_file.display(),
        "HTTP on http://{http}, other nodes on {} ({encryption})",
        me.address
    );
}

/// A crate that is missing here was dropped by the linker: see `arsenal_core::operations!`.
fn tell_packages(registry: &Registry) {
    for (package, operations) in registry.packages() {
        tracing::info!(package, operations, "operations");
    }
}

/// Why a program ended, or did not start: exit code 2 for what its user asked for, 1 for what happened.
#[derive(Debug)]
pub(crate) enum StartError {
    Config(ConfigError),
    Failed(anyhow::Error),
}

impl From<ConfigError> for StartError {
    fn from(error: ConfigError) -> Self {
        Self::Config(error)
    }
}

impl From<anyhow::Error> for StartError {
    fn from(error: anyhow::Error) -> Self {
        Self::Failed(error)
    }
}

async fn bind(address: SocketAddr) -> anyhow::Result<TcpListener> {
    TcpListener::bind(address)
        .await
        .with_context(|| format!("cannot serve HTTP on {address} (--http)"))
}

fn warn_of_exposure(config: &ServeConfig) {
    for (key, address, _) in config.exposed() {
        tracing::warn!(
            "--{key} {address}: others can reach it, and nothing is encrypted (--insecure-bind)"
        );
    }
}

/// A secret that was replaced may have been so because others know it.
fn warn_of_second_secret(config: &ServeConfig) {
    if let Some(path) = &config.files.accepted_secret {
        tracing::warn!(
            "--accept-secret-file {}: whoever knows this secret, too, can gossip with this node; leave it \
             away as soon as all nodes use the new one",
            path.display()
        );
    }
}

#[expect(clippy::disallowed_methods, reason = "the clock enters the program here")]
fn now() -> SystemTime {
    SystemTime::now()
}
