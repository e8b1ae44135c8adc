//! Starting a node: its parts, in the order in which they need each other.

use std::{
    fmt,
    sync::{Arc, Mutex, OnceLock, RwLock, atomic::AtomicBool},
    time::SystemTime,
};

use arsenal_core::{
    context::{NodeParts, Services},
    hooks::HookError,
    membership::Mode,
    registry::RegistryError,
};
use ractor::{Actor as _, ActorCell};
use tokio::{task::JoinSet, time::Instant};

use super::{
    Node, NodeBuilder, NodeRuntime, cluster::Leased, counting::Counting, refresh::Refresh,
};
use crate::{
    agent::Agent,
    blueprint_catalogue::{BlueprintCatalogue, DuplicateBlueprint},
    clock::WallClock,
    discovery::{Discoveries, Looking},
    endpoint::Endpoint,
    membership::{Chitchat, EventLog, Members, NodeCard, VoterConfig},
    network::{Network, Peer},
    process::{ProcessTable, Supervisor},
    resources::Sampler,
    sandbox::{Cleanups, Records, Shares, janitor},
    simulation::live::Simulations,
    trace::{Place, Sessions},
    uptime::{Reading, Uptime},
};

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
    /// Starts the node on a network, inside of the current tokio runtime. `now` sets its wall clock.
    pub async fn start(
        mut self,
        network: Arc<dyn Network>,
        now: SystemTime,
    ) -> Result<Node, StartError> {
        let is_simulated = self.is_simulated();
        let uptime = self.uptime.clone().unwrap_or_else(|| {
            if is_simulated { Uptime::of_runtime() } else { Uptime::of_machine() }
        });
        let blueprints = BlueprintCatalogue::from_linked().map_err(StartError::Blueprints)?;
        let (runtime, looking) = self.runtime(&network, blueprints, &uptime, now);
        let parts = Arc::new(self.parts(&runtime, now)?);
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
        tasks.spawn(Arc::clone(runtime.traces()).keep());
        Ok(Node { runtime, parts, root, endpoint, tasks })
    }

    /// What the node will share, and the work of its strategies, which is to be spawned.
    fn runtime(
        &mut self,
        network: &Arc<dyn Network>,
        blueprints: BlueprintCatalogue,
        uptime: &Uptime,
        now: SystemTime,
    ) -> (Arc<NodeRuntime>, Vec<Looking>) {
        let me = network.me().clone();
        let read_at = Reading::of(uptime);
        let started_at = read_at.instant();
        let clock = WallClock::set(now);
        let members = self.first_members(&me, started_at);
        let (is_simulated, store) = (self.is_simulated(), std::mem::take(&mut self.voter_store));
        let strategies = std::mem::take(&mut self.strategies);
        let (discoveries, looking) = Discoveries::new(&me, &self.join, strategies, started_at);
        let (name, generation) = (me.id.name.clone(), me.id.generation);
        let processes = ProcessTable::new(name.clone(), generation, is_simulated, clock);
        processes.set_network(network.actors());
        let elsewhere = Arc::clone(processes.elsewhere());
        let runtime = NodeRuntime {
            simulations: Simulations::new(self.simulated_nodes.take(), elsewhere),
            processes: Arc::new(processes),
            events: Arc::new(EventLog::new(name.clone(), generation)),
            traces: Sessions::new(Place { node: name, generation, clock }),
            network: Arc::clone(network),
            voter_store: if is_simulated { store.on_virtual_time() } else { store },
            card: self.card(&me, clock.at(started_at)),
            me,
            clock,
            uptime: uptime.clone(),
            root: OnceLock::new(),
            endpoint: OnceLock::new(),
            view: RwLock::new(Leased {
                view: Arc::new(members.view(|instant| clock.at(instant))),
                expires_at: members.holds_until(),
                read_at,
            }),
            members: Mutex::new(members),
            counting: Counting::default(),
            resources: Mutex::default(),
            gossip: OnceLock::new(),
            discoveries,
            background: Mutex::default(),
            is_leaving: AtomicBool::new(false),
            blueprints,
            sandboxes: Records::default(),
            shares: Shares::default(),
            cleanups: Cleanups::default(),
        };
        (Arc::new(runtime), looking)
    }

    /// What surfaces and other nodes need to run its operations.
    fn parts(self, runtime: &Arc<NodeRuntime>, now: SystemTime) -> Result<NodeParts, StartError> {
        let services = Services::default().with(Arc::clone(runtime));
        let services =
            self.states.into_iter().fold(services, |services, factory| factory(runtime, services));
        self.registry.check_states(&services).map_err(StartError::Registry)?;
        let name = runtime.me().id.name.clone();
        let (cluster, registry) = (Arc::clone(runtime) as _, Arc::new(self.registry));
        let parts = NodeParts::new(name, cluster, registry, services, self.mode);
        parts.with_wall_clock(now).with_hooks(&self.hooks).map_err(StartError::Hooks)
    }

    /// What the others are told once.
    fn card(&self, me: &Peer, started_at: String) -> NodeCard {
        NodeCard {
            http_address: self.http_address,
            cluster_address: me.address,
            version: env!("CARGO_PKG_VERSION").to_owned(),
            os_process: (!self.is_simulated()).then(std::process::id),
            started_at,
            is_observer: self.is_observer,
        }
    }

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

    fn is_simulated(&self) -> bool {
        self.mode == Mode::Simulated
    }
}

async fn start_root(runtime: &Arc<NodeRuntime>) -> Result<ActorCell, StartError> {
    let (root, _) = Supervisor::spawn(None, Supervisor, runtime.child_ended())
        .await
        .map_err(StartError::Root)?;
    let root = root.get_cell();
    let local = root.get_id().pid();
    runtime.processes().started(local, None);
    runtime.processes().set_label(local, "Root");
    runtime.processes().set_root(root.clone());
    let _only_once = runtime.root.set(root.clone());
    Ok(root)
}
