//! Where an operation runs, on whose behalf, and what it can reach from there.

use std::{
    any::{Any, TypeId},
    collections::BTreeMap,
    fmt,
    sync::Arc,
    time::{Duration, SystemTime},
};

use tokio::time::Instant;

use crate::{
    duration::milliseconds,
    error::OperationError,
    execution::{Memory, OperationStates, StreamPermits},
    hooks::{HookError, Hooks},
    limits::TIMEOUT_DEFAULT,
    membership::{Alone, Cluster, MembershipView, Mode},
    name::NodeName,
    principal::Principal,
    registry::Registry,
    request_id::RequestId,
    streams::{Closing, closed_by},
    telemetry::TraceContext,
};

/// The first argument of an operation: the node it runs on and the invocation that it serves.
#[derive(Clone)]
pub struct NodeContext {
    pub(crate) node: Arc<NodeParts>,
    pub(crate) invocation: Invocation,
}

/// What one node has, for all invocations. Immutable.
pub struct NodeParts {
    /// Its name.
    pub name: NodeName,
    /// The other nodes.
    pub cluster: Arc<dyn Cluster>,
    /// All operations.
    pub registry: Arc<Registry>,
    /// What the node was given when it was built.
    pub services: Services,
    /// Which kind of cluster it is part of.
    pub mode: Mode,
    pub(crate) operations: OperationStates,
    pub(crate) memory: Memory,
    /// Room for streams.
    pub(crate) streams: StreamPermits,
    closing: Closing,
    pub(crate) started_at: Instant,
    /// The wall clock when the node started.
    started_on: SystemTime,
}

/// One run of an operation, wherever it was asked for.
#[derive(Clone, Debug)]
pub struct Invocation {
    /// Who calls.
    pub principal: Principal,
    /// The request that it belongs to.
    pub request_id: RequestId,
    /// When the caller stops waiting.
    pub deadline: Instant,
    /// Whether another node checked and sent it, so that fields unknown here are ignored.
    pub is_from_peer: bool,
    /// Whether only to say what would run.
    pub is_dry_run: bool,
    /// What makes a repetition of the request harmless.
    pub idempotency_key: Option<String>,
    /// The id of the event after which a stream is to go on.
    pub last_event_id: Option<String>,
    /// The trace that it is part of.
    pub trace: TraceContext,
}

impl Invocation {
    /// A plain one: nothing beside who, which request and until when.
    pub fn new(principal: Principal, request_id: RequestId, deadline: Instant) -> Self {
        Self {
            principal,
            request_id,
            deadline,
            is_from_peer: false,
            is_dry_run: false,
            idempotency_key: None,
            last_event_id: None,
            trace: TraceContext::new(),
        }
    }
}

impl NodeContext {
    /// The context of one invocation.
    pub fn new(node: Arc<NodeParts>, invocation: Invocation) -> Self {
        Self { node, invocation }
    }

    /// The context of a node without others and without services, for unit tests of operations.
    pub fn alone() -> Self {
        Self::alone_with(Services::default())
    }

    /// The context of a node without others, with services, for unit tests of operations.
    pub fn alone_with(services: Services) -> Self {
        let name: NodeName = "alone".parse().expect("a valid name");
        let cluster = Arc::new(Alone::new(name.clone()));
        let registry = Arc::new(Registry::default());
        Arc::new(NodeParts::new(name, cluster, registry, services, Mode::Cluster))
            .own_context(TIMEOUT_DEFAULT)
    }

    /// The node that this runs on.
    pub fn node(&self) -> &NodeName {
        &self.node.name
    }

    /// Who calls.
    pub fn principal(&self) -> &Principal {
        &self.invocation.principal
    }

    /// The request that this is part of; the same on every node.
    pub fn request_id(&self) -> &RequestId {
        &self.invocation.request_id
    }

    /// The trace that this is part of, and its span in it: what a request to somewhere else carries
    /// as `traceparent`, so that the trace goes on there.
    pub fn trace(&self) -> TraceContext {
        self.invocation.trace
    }

    /// The id of the last event that the client of a stream has seen: the stream is to go on after
    /// it. `None` where it is to start from its beginning.
    pub fn last_event_id(&self) -> Option<&str> {
        self.invocation.last_event_id.as_deref()
    }

    /// How long the caller still waits; for the function of a stream, practically for ever.
    pub fn time_left(&self) -> Duration {
        self.invocation.deadline.saturating_duration_since(Instant::now())
    }

    /// Who is in the cluster, as this node sees it now.
    pub fn membership(&self) -> Arc<MembershipView> {
        self.node.cluster.view()
    }

    /// All operations of this node.
    pub fn registry(&self) -> &Registry {
        &self.node.registry
    }

    /// Which kind of cluster this node is part of.
    pub fn mode(&self) -> Mode {
        self.node.mode
    }

    /// A value that the node was given when it was built, by its type.
    pub fn service<T: Send + Sync + 'static>(&self) -> Option<&T> {
        self.node.services.get()
    }
}

impl fmt::Debug for NodeContext {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("NodeContext")
            .field("node", &self.node.name)
            .field("invocation", &self.invocation)
            .finish_non_exhaustive()
    }
}

impl NodeParts {
    /// A node with nothing but these.
    pub fn new(
        name: NodeName,
        cluster: Arc<dyn Cluster>,
        registry: Arc<Registry>,
        services: Services,
        mode: Mode,
    ) -> Self {
        let operations = OperationStates::of(&registry);
        let (memory, streams) = (Memory::default(), StreamPermits::default());
        Self {
            name,
            cluster,
            registry,
            services,
            mode,
            operations,
            memory,
            streams,
            closing: Closing::default(),
            started_at: Instant::now(),
            started_on: wall_clock(),
        }
    }

    /// The same with another wall clock, which shows this time now.
    #[must_use]
    pub fn with_wall_clock(mut self, now: SystemTime) -> Self {
        (self.started_on, self.started_at) = (now, Instant::now());
        self
    }

    /// The wall clock: milliseconds since 1970.
    pub(crate) fn wall_clock_ms(&self) -> u64 {
        let now = self.started_on + self.started_at.elapsed();
        let since_1970 = now.duration_since(SystemTime::UNIX_EPOCH);
        since_1970.map_or(0, milliseconds)
    }

    /// The same with hooks around its operations.
    ///
    /// # Errors
    ///
    /// Hooks for a tag or an operation that the node does not have.
    pub fn with_hooks(mut self, hooks: &Hooks) -> Result<Self, HookError> {
        hooks.check(&self.registry)?;
        self.operations.set_hooks(&self.registry, hooks);
        Ok(self)
    }

    /// Ends what still runs although nobody waits for it: requests with an `Idempotency-Key`. For whoever
    /// ends the node.
    pub fn end_runs(&self) {
        self.memory.end_runs();
    }

    /// Closes the streams that clients have open here, and each that they open from now on: the last
    /// event says that the node is shutting down. For whoever ends the node.
    pub fn close_streams(&self) {
        self.closing.begin();
    }

    /// Resolves once streams are being closed, with what their clients are told. For surfaces that pass
    /// on streams which this node did not make.
    pub fn streams_closed(&self) -> impl Future<Output = OperationError> + Send + use<> {
        let (begun, node) = (self.closing.begun(), self.name.clone());
        async move {
            begun.await;
            closed_by(&node)
        }
    }

    /// The context of something that the node does by itself, on nobody's behalf.
    pub fn own_context(self: &Arc<Self>, timeout: Duration) -> NodeContext {
        let deadline = Instant::now() + timeout;
        let invocation = Invocation::new(Principal::node(), RequestId::new(), deadline);
        NodeContext::new(Arc::clone(self), invocation)
    }
}

impl fmt::Debug for NodeParts {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("NodeParts").field("name", &self.name).finish_non_exhaustive()
    }
}

#[expect(clippy::disallowed_methods, reason = "for programs that hand in no clock of their own")]
fn wall_clock() -> SystemTime {
    SystemTime::now()
}

/// Values by their type, at most one of each.
#[derive(Default)]
pub struct Services(BTreeMap<TypeId, Box<dyn Any + Send + Sync>>);

impl Services {
    /// Adds a value; one of the same type is replaced.
    #[must_use]
    pub fn with<T: Send + Sync + 'static>(mut self, value: T) -> Self {
        self.0.insert(TypeId::of::<T>(), Box::new(value));
        self
    }

    /// The value of this type.
    pub fn get<T: Send + Sync + 'static>(&self) -> Option<&T> {
        self.0.get(&TypeId::of::<T>()).and_then(|value| value.downcast_ref())
    }
}

impl fmt::Debug for Services {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Services").field("count", &self.0.len()).finish()
    }
}
