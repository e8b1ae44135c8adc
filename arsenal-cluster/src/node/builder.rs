//! What a node is made of, before it starts.

use std::{collections::BTreeSet, fmt, net::SocketAddr, sync::Arc};

use arsenal_core::{
    context::Services, hooks::Hooks, membership::Mode, name::NodeName, registry::Registry,
    spec::Version,
};

use super::NodeRuntime;
use crate::{
    discovery::Strategy, membership::VoterStore, simulation::live::MakeBuilder, uptime::Uptime,
};

/// What a node is made of.
pub struct NodeBuilder {
    pub(super) registry: Registry,
    pub(super) http_address: Option<SocketAddr>,
    pub(super) join: Vec<SocketAddr>,
    pub(super) strategies: Vec<Box<dyn Strategy>>,
    pub(super) voters: BTreeSet<NodeName>,
    pub(super) voter_store: VoterStore,
    pub(super) is_observer: bool,
    pub(super) mode: Mode,
    pub(super) uptime: Option<Uptime>,
    pub(super) states: Vec<StateFactory>,
    pub(super) hooks: Hooks,
    pub(super) simulated_nodes: Option<MakeBuilder>,
}

/// Adds one value for the operations of a node.
type StateFactory = Box<dyn FnOnce(&Arc<NodeRuntime>, Services) -> Services + Send>;

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

    /// The nodes whose majority decides. Without them see
    /// [`VoterConfig`](crate::membership::VoterConfig).
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
}

impl fmt::Debug for NodeBuilder {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("NodeBuilder").field("join", &self.join).finish_non_exhaustive()
    }
}
