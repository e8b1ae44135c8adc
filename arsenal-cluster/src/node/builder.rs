//! Putting a node together, and taking it down.

use std::{
    collections::BTreeSet,
    fmt,
    net::SocketAddr,
    sync::{Arc, Mutex, OnceLock, RwLock, atomic::AtomicBool},
    time::{Duration, SystemTime},
};

use arsenal_core::{
    context::{NodeParts, Services},
    hooks::{HookError, Hooks},
    membership::Mode,
    name::NodeName,
    registry::{Registry, RegistryError},
    spec::Version,
};
use ractor::{Actor as _, ActorCell};
use tokio::{
    task::JoinSet,
    time::{Instant, timeout},
};

use super::{NodeRuntime, refresh::Refresh, runtime::Leased};
use crate::{
    agent::Agent,
    blueprint_catalogue::{BlueprintCatalogue, DuplicateBlueprint},
    clock::WallClock,
    discovery::{Discoveries, Strategy},
    endpoint::Endpoint,
    membership::{Chitchat, EventLog, Members, NodeCard, VoterConfig, VoterStore},
    network::{Network, Peer},
    process::{ProcessTable, Supervisor},
    resources::Sampler,
    sandbox::{Cleanups, Records, Shares, janitor},
    simulation::live::{MakeBuilder, Simulations},
    uptime::{Reading, Uptime},
};

/// How long telling the others may take that this node leaves.
const LEAVE_MAX: Duration = Duration::from_secs(2);

/// A running node. Dropping it ends its tasks and kills its processes.
pub struct Node {
    runtime: Arc<NodeRuntime>,
    parts: Arc<NodeParts>,
    root: ActorCell,
    endpoint: Arc<Endpoint>,
    tasks: JoinSet<()>,
}

/// What a node is made of.
pub struct NodeBuilder {
    registry: Registry,
    http_address: Option<SocketAddr>,
    join: Vec<SocketAddr>,
    strategies: Vec<Box<dyn Strategy>>,
    voters: BTreeSet<NodeName>,
    voter_store: VoterStore,
    is_observer: bool,
    mode: Mode,
    uptime: Option<Uptime>,
    states: Vec<StateFactory>,
    hooks: Hooks,
    simulated_nodes: Option<MakeBuilder>,
}

/// Adds one value for the operations of a node.
type StateFactory = Box<dyn FnOnce(&Arc<NodeRuntime>, Services) -> Services + Send>;

/// What gossip of different programs on one network is told apart by.
const CLUSTER: &str = "arsenal";

/// Why a node did not start. Nothing of it runs.
#[derive(Debug)]
pub enum StartError {
    /// An operation needs a value that the node was not given.
    Registry(RegistryError),
    /// A hook is for no operation.
    Hooks(HookError),
    /// Two blueprints have one name.
    Blueprints(DuplicateBlueprint),
    /// The root of the processes did not start.
    Root(ractor::SpawnErr),
    /// There is no runtime for a simulated node.
    Runtime(std::io::Error),
}

impl From<std::io::Error> for StartError {
    fn from(error: std::io::Error) -> Self {
        Self::Runtime(error)
    }
}

impl fmt::Display for StartError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Registry(error) => error.fmt(formatter),
            Self::Hooks(error) => error.fmt(formatter),
            Self::Blueprints(error) => error.fmt(formatter),
            Self::Root(error) => write!(formatter, "the root process did not start: {error}"),
            Self::Runtime(error) => write!(formatter, "no runtime for the node: {error}"),
        }
    }
}

impl std::error::Error for StartError {}

impl NodeBuilder {
    /// A node that serves these operations.
    pub fn new(registry: Registry) -> Self {
        Self {
            registry,
            http_address: None,
            join: Vec::new(),
            strategies: Vec::new(),
            voters: BTreeSet::new(),
            voter_store: VoterStore::default(),
            is_observer: false,
            mode: Mode::Cluster,
            uptime: None,
            states: Vec::new(),
            hooks: Hooks::new(),
            simulated_nodes: None,
        }
    }

    /// The version of the API that is meant by requests that name none; without this, the newest
    /// that an operation names in `since`.
    #[must_use]
    pub fn api_version(mut self, version: Version) -> Self {
        self.registry = self.registry.with_api_version(version);
        self
    }

    /// Where the node serves HTTP: told to the others.
    #[must_use]
    pub fn http_address(mut self, address: SocketAddr) -> Self {
        self.http_address = Some(address);
        self
    }

    /// Addresses of nodes to connect to.
    #[must_use]
    pub fn join(mut self, addresses: impl IntoIterator<Item = SocketAddr>) -> Self {
        self.join.extend(addresses);
        self
    }

    /// Where addresses of nodes to connect to are looked up, beside those to [`join`](Self::join).
    #[must_use]
    pub fn discover(mut self, strategy: impl Strategy) -> Self {
        self.strategies.push(Box::new(strategy));
        self
    }

    /// The nodes whose majority decides. Without them see [`VoterConfig`].
    #[must_use]
    pub fn voters(mut self, voters: impl IntoIterator<Item = NodeName>) -> Self {
        self.voters.extend(voters);
        self
    }

    /// Where the voters are kept that an operator chooses; without it they are forgotten when the node
    /// ends.
    #[must_use]
    pub fn voter_store(mut self, store: VoterStore) -> Self {
        self.voter_store = store;
        self
    }

    /// The node follows what others decide, and never decides itself.
    #[must_use]
    pub fn observer(mut self) -> Self {
        self.is_observer = true;
        self
    }

    /// The node is one of several in this process, on virtual time: its processes are those below its
    /// root, and it measures nothing of the machine.
    #[must_use]
    pub fn simulated(mut self) -> Self {
        self.mode = Mode::Simulated;
        self
    }

    /// The clock by which the node notices that the machine slept. Without this it is the machine's; of a
    /// simulated node, the virtual one.
    #[must_use]
    pub fn uptime(mut self, uptime: Uptime) -> Self {
        self.uptime = Some(uptime);
        self
    }

    /// What simulated nodes beside this one are made of; without it there can be none.
    #[must_use]
    pub fn simulated_nodes(mut self, make: MakeBuilder) -> Self {
        self.simulated_nodes = Some(make);
        self
    }

    /// A value for operations that take `#[state] T`, made when the node starts.
    #[must_use]
    pub fn state<T: Send + Sync + 'static>(
        mut self,
        make: impl FnOnce(&Arc<NodeRuntime>) -> T + Send + 'static,
    ) -> Self {
        self.states.push(Box::new(move |runtime, services| services.with(make(runtime))));
        self
    }

    /// What runs before and after operations on this node.
    #[must_use]
    pub fn hooks(mut self, hooks: Hooks) -> Self {
        self.hooks = hooks;
        self
    }

    /// Starts the node on a network, inside of the current tokio runtime. `now` sets its wall clock.
    pub async fn start(
        self,
        network: Arc<dyn Network>,
        now: SystemTime,
    ) -> Result<Node, StartError> {
        let blueprints = BlueprintCatalogue::from_linked().map_err(StartError::Blueprints)?;
        let me = network.me().clone();
        let is_simulated = self.mode == Mode::Simulated;
        let of_mode = || if is_simulated { Uptime::of_runtime() } else { Uptime::of_machine() };
        let uptime = self.uptime.clone().unwrap_or_else(of_mode);
        let read_at = Reading::of(&uptime);
        let started_at = read_at.instant();
        let clock = WallClock::set(now);
        let members = self.first_members(&me, started_at);
        let view = Arc::new(members.view(|instant| clock.at(instant)));
        let voter_store =
            if is_simulated { self.voter_store.on_virtual_time() } else { self.voter_store };
        let expires_at = members.holds_until();
        let card = NodeCard {
            http_address: self.http_address,
            cluster_address: me.address,
            version: env!("CARGO_PKG_VERSION").to_owned(),
            os_process: (!is_simulated).then(std::process::id),
            started_at: clock.at(started_at),
            is_observer: self.is_observer,
        };
        let (discoveries, looking) = Discoveries::new(&me, &self.join, self.strategies, started_at);
        let processes = ProcessTable::new(me.id.name.clone(), me.id.generation, is_simulated);
        let elsewhere = Arc::clone(processes.elsewhere());
        let runtime = Arc::new(NodeRuntime {
            simulations: Simulations::new(self.simulated_nodes, elsewhere),
            processes: Arc::new(processes),
            events: Arc::new(EventLog::new(me.id.name.clone(), me.id.generation)),
            network: Arc::clone(&network),
            voter_store,
            me,
            card,
            clock,
            uptime: uptime.clone(),
            root: OnceLock::new(),
            endpoint: OnceLock::new(),
            members: Mutex::new(members),
            view: RwLock::new(Leased { view, expires_at, read_at }),
            measured: Mutex::default(),
            gossip: OnceLock::new(),
            discoveries,
            is_leaving: AtomicBool::new(false),
            blueprints,
            sandboxes: Records::default(),
            shares: Shares::default(),
            cleanups: Cleanups::default(),
        });
        let services = Services::default().with(Arc::clone(&runtime));
        let services =
            self.states.into_iter().fold(services, |services, factory| factory(&runtime, services));
        self.registry.check_states(&services).map_err(StartError::Registry)?;
        let name = runtime.me().id.name.clone();
        let (cluster, registry) = (Arc::clone(&runtime) as _, Arc::new(self.registry));
        let parts = NodeParts::new(name, cluster, registry, services, self.mode);
        let parts = parts.with_wall_clock(now);
        let parts = Arc::new(parts.with_hooks(&self.hooks).map_err(StartError::Hooks)?);
        let root = start_root(&runtime).await?;
        let agent = Arc::new(Agent { parts: Arc::clone(&parts), runtime: Arc::clone(&runtime) });
        let endpoint = Endpoint::start(Arc::clone(&network), agent, uptime);
        let _only_once = runtime.endpoint.set(Arc::downgrade(&endpoint));
        let gossip = Chitchat::start(&network, CLUSTER);
        let _only_once = runtime.gossip.set(Box::new(gossip));
        let mut tasks: JoinSet<()> = looking.into_iter().collect();
        let sampler = (!is_simulated).then(Sampler::new);
        let refresh = Refresh { runtime: Arc::clone(&runtime), network, sampler };
        tasks.spawn(refresh.run());
        tasks.spawn(janitor(Arc::clone(&parts), Arc::clone(&runtime)));
        Ok(Node { runtime, parts, root, endpoint, tasks })
    }
}

impl NodeBuilder {
    /// Who is known before anybody was met.
    fn first_members(&self, me: &Peer, now: Instant) -> Members {
        let config = VoterConfig {
            me: me.id.name.clone(),
            voters: self.voters.clone(),
            has_join: !self.join.is_empty() || !self.strategies.is_empty() || self.is_observer,
        };
        let chosen = self.voter_store.remembered().cloned().unwrap_or_default();
        Members::remembering(chosen, config, me.id.generation, now)
    }
}

async fn start_root(runtime: &Arc<NodeRuntime>) -> Result<ActorCell, StartError> {
    let (root, _) = Supervisor::spawn(None, Supervisor, runtime.child_ended())
        .await
        .map_err(StartError::Root)?;
    let root = root.get_cell();
    runtime.processes().started(root.get_id().pid(), None, String::from("Root"));
    runtime.processes().set_root(root.clone());
    let _only_once = runtime.root.set(root.clone());
    Ok(root)
}

impl Node {
    /// What the node knows and runs.
    pub fn runtime(&self) -> &Arc<NodeRuntime> {
        &self.runtime
    }

    /// Tells the others that this node leaves on purpose, for at most two seconds, and then the clients
    /// of its streams, which end. It goes on to answer other requests until it is dropped.
    pub fn leave(&self) -> impl Future<Output = ()> + Send + use<> {
        let (runtime, parts) = (Arc::clone(&self.runtime), Arc::clone(&self.parts));
        async move {
            if timeout(LEAVE_MAX, runtime.leave()).await.is_err() {
                tracing::warn!("the others were not told that this node leaves");
            }
            parts.close_streams();
        }
    }

    /// What surfaces need to serve its operations.
    pub fn parts(&self) -> &Arc<NodeParts> {
        &self.parts
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        self.tasks.abort_all();
        if let Some(gossip) = self.runtime.gossip.get() {
            gossip.end();
        }
        self.endpoint.close();
        self.parts.end_runs();
        self.root.kill();
    }
}

impl fmt::Debug for NodeBuilder {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("NodeBuilder").field("join", &self.join).finish_non_exhaustive()
    }
}

impl fmt::Debug for Node {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Node").field("me", self.runtime.me()).finish_non_exhaustive()
    }
}
