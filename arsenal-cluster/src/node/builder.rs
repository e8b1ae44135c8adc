//! Putting a node together, and taking it down.

use std::{
    collections::BTreeSet,
    fmt,
    net::SocketAddr,
    sync::{Arc, Mutex, OnceLock, RwLock},
    time::SystemTime,
};

use arsenal_core::{
    context::{NodeParts, Services},
    hooks::{HookError, Hooks},
    membership::Mode,
    name::NodeName,
    registry::{Registry, RegistryError},
    spec::Version,
};
use bytes::Bytes;
use ractor::{Actor as _, ActorCell};
use tokio::{task::JoinSet, time::Instant};

use super::{NodeRuntime, refresh::refresh};
use crate::{
    agent::Agent,
    blueprint_catalogue::{BlueprintCatalogue, DuplicateBlueprint},
    clock::WallClock,
    endpoint::Endpoint,
    membership::{Members, Resources, VoterConfig},
    network::Network,
    process::{ProcessTable, Supervisor},
    sandbox::{Cleanups, Records, Shares, janitor},
};

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
    voters: BTreeSet<NodeName>,
    states: Vec<StateFactory>,
    hooks: Hooks,
}

/// Adds one value for the operations of a node.
type StateFactory = Box<dyn FnOnce(&Arc<NodeRuntime>, Services) -> Services + Send>;

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
}

impl fmt::Display for StartError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Registry(error) => error.fmt(formatter),
            Self::Hooks(error) => error.fmt(formatter),
            Self::Blueprints(error) => error.fmt(formatter),
            Self::Root(error) => write!(formatter, "the root process did not start: {error}"),
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
            voters: BTreeSet::new(),
            states: Vec::new(),
            hooks: Hooks::new(),
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

    /// The nodes whose majority decides. Without them see [`VoterConfig`].
    #[must_use]
    pub fn voters(mut self, voters: impl IntoIterator<Item = NodeName>) -> Self {
        self.voters.extend(voters);
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
        let config = VoterConfig {
            me: me.id.name.clone(),
            voters: self.voters,
            has_join: !self.join.is_empty(),
        };
        let started_at = Instant::now();
        let clock = WallClock::set(now);
        let members = Members::new(config, me.id.generation, started_at);
        let view = Arc::new(members.view(|instant| clock.at(instant)));
        let runtime = Arc::new(NodeRuntime {
            processes: Arc::new(ProcessTable::new(me.id.name.clone(), me.id.generation)),
            me,
            http_address: self.http_address,
            started_at,
            clock,
            root: OnceLock::new(),
            endpoint: OnceLock::new(),
            members: Mutex::new(members),
            view: RwLock::new(view),
            resources: Mutex::new(Resources::default()),
            facts: RwLock::new(Bytes::new()),
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
        let parts = NodeParts::new(name, cluster, registry, services, Mode::Cluster);
        let parts = Arc::new(parts.with_hooks(&self.hooks).map_err(StartError::Hooks)?);
        let root = start_root(&runtime).await?;
        let agent = Arc::new(Agent { parts: Arc::clone(&parts), runtime: Arc::clone(&runtime) });
        runtime.publish();
        let endpoint = Endpoint::start(Arc::clone(&network), agent);
        let _only_once = runtime.endpoint.set(Arc::downgrade(&endpoint));
        let mut tasks = JoinSet::new();
        tasks.spawn(refresh(Arc::clone(&runtime), network, self.join));
        tasks.spawn(janitor(Arc::clone(&parts), Arc::clone(&runtime)));
        Ok(Node { runtime, parts, root, endpoint, tasks })
    }
}

async fn start_root(runtime: &Arc<NodeRuntime>) -> Result<ActorCell, StartError> {
    let (root, _) = Supervisor::spawn(None, Supervisor, runtime.child_ended())
        .await
        .map_err(StartError::Root)?;
    let root = root.get_cell();
    runtime.processes().started(root.get_id().pid(), None, String::from("Root"));
    let _only_once = runtime.root.set(root.clone());
    Ok(root)
}

impl Node {
    /// What the node knows and runs.
    pub fn runtime(&self) -> &Arc<NodeRuntime> {
        &self.runtime
    }

    /// What surfaces need to serve its operations.
    pub fn parts(&self) -> &Arc<NodeParts> {
        &self.parts
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        self.tasks.abort_all();
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
