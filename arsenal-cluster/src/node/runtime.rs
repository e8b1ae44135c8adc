//! The services of a node that its operations and its agent share.

use std::{
    fmt,
    net::SocketAddr,
    sync::{
        Arc, Mutex, MutexGuard, OnceLock, PoisonError, RwLock, Weak,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use arsenal_core::{
    error::OperationError,
    membership::{CallError, Cluster, MembershipView, PeerStream},
    name::NodeName,
};
use bytes::Bytes;
use futures_util::{StreamExt as _, future::BoxFuture};
use ractor::{Actor as _, ActorCell, ActorStatus, SpawnErr};
use tokio::time::{Instant, sleep};

use crate::{
    blueprint::Child,
    blueprint_catalogue::BlueprintCatalogue,
    clock::WallClock,
    discovery::{Discoveries, Discovery},
    endpoint::Endpoint,
    membership::{
        Electorate, EventLog, Gossip, Judgement, Members, NodeCard, NodeFacts, ProcessCounts,
        Resources, VoterStore,
    },
    network::{Down, Network, Peer, PeerId},
    process::{ChildEnded, NameTaken, ProcessId, ProcessName, ProcessTable, Supervisor},
    sandbox::{Cleanups, Records, Shares},
    simulation::live::Simulations,
    uptime::{Reading, Uptime},
};

/// How long the word of a node that leaves gets to reach the others: two rounds of gossip.
const LEAVING: Duration = Duration::from_millis(600);

/// What one node knows and runs.
pub struct NodeRuntime {
    pub(super) me: Peer,
    pub(super) card: NodeCard,
    pub(super) clock: WallClock,
    pub(super) uptime: Uptime,
    pub(super) root: OnceLock<ActorCell>,
    /// Weak: the endpoint keeps its handler, and that keeps this.
    pub(super) endpoint: OnceLock<Weak<Endpoint>>,
    pub(super) members: Mutex<Members>,
    pub(super) view: RwLock<Leased>,
    pub(super) measured: Mutex<Measured>,
    pub(super) gossip: OnceLock<Box<dyn Gossip>>,
    pub(super) discoveries: Discoveries,
    pub(super) events: Arc<EventLog>,
    pub(super) network: Arc<dyn Network>,
    pub(super) voter_store: VoterStore,
    pub(super) is_leaving: AtomicBool,
    pub(super) processes: Arc<ProcessTable>,
    pub(super) blueprints: BlueprintCatalogue,
    pub(super) sandboxes: Records,
    pub(super) shares: Shares,
    pub(super) cleanups: Cleanups,
    pub(super) simulations: Simulations,
}

/// What a node measured of itself last.
#[derive(Clone, Debug, Default)]
pub(super) struct Measured {
    pub(super) processes: ProcessCounts,
    pub(super) resources: Resources,
}

/// What requests plan with, and how long the verdict in it holds.
#[derive(Clone)]
pub(super) struct Leased {
    pub(super) view: Arc<MembershipView>,
    pub(super) expires_at: Instant,
    /// When the machine was seen awake last. If it has slept since, the verdict has expired.
    pub(super) read_at: Reading,
}

impl Leased {
    /// Whether its verdict was renewed in time, by both clocks.
    fn holds(&self, now: &Reading) -> bool {
        now.instant() + now.slept_since(&self.read_at) <= self.expires_at
    }
}

/// Why a process was not started. Nothing runs.
#[derive(Debug)]
pub enum SpawnError {
    /// The name belongs to another process of this node.
    NameTaken(NameTaken),
    /// The actor's own start failed.
    Start(SpawnErr),
    /// What was to supervise it has ended.
    SupervisorEnded,
}

impl fmt::Display for SpawnError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NameTaken(taken) => taken.fmt(formatter),
            Self::Start(error) => write!(formatter, "the process did not start: {error}"),
            Self::SupervisorEnded => formatter.write_str("its supervisor has ended"),
        }
    }
}

impl std::error::Error for SpawnError {}

impl From<SpawnError> for OperationError {
    fn from(error: SpawnError) -> Self {
        Self::conflict(error.to_string())
    }
}

impl NodeRuntime {
    /// Who this node is, and where it serves other nodes.
    pub fn me(&self) -> &Peer {
        &self.me
    }

    /// The wall clock.
    pub fn clock(&self) -> &WallClock {
        &self.clock
    }

    /// The processes of this node.
    pub fn processes(&self) -> &Arc<ProcessTable> {
        &self.processes
    }

    /// What can be started here.
    pub fn blueprints(&self) -> &BlueprintCatalogue {
        &self.blueprints
    }

    /// The sandboxes that this node owns.
    pub fn sandboxes(&self) -> &Records {
        &self.sandboxes
    }

    /// The shares of sandboxes that this node runs.
    pub fn shares(&self) -> &Shares {
        &self.shares
    }

    /// The simulated cluster beside this node, and which cluster its surfaces address.
    pub fn simulations(&self) -> &Simulations {
        &self.simulations
    }

    /// What all processes of this node are below that have a supervisor.
    pub(crate) fn root(&self) -> Option<&ActorCell> {
        self.root.get()
    }

    pub(crate) fn cleanups(&self) -> &Cleanups {
        &self.cleanups
    }

    /// The voters that this node goes by.
    pub fn electorate(&self) -> Electorate {
        self.members().electorate().clone()
    }

    /// Where this node looks for others, and what came of it. First what it was given to join, then
    /// its strategies in their order.
    pub fn discoveries(&self) -> Vec<Discovery> {
        self.discoveries.describe(Instant::now(), self.clock)
    }

    /// What has happened in the cluster, as this node saw it.
    pub fn events(&self) -> &Arc<EventLog> {
        &self.events
    }

    /// Starts a process under the root of this node.
    pub async fn spawn(
        self: &Arc<Self>,
        name: Option<ProcessName>,
        child: Child,
    ) -> Result<ProcessId, SpawnError> {
        let root = self.root.get().ok_or(SpawnError::SupervisorEnded)?;
        self.spawn_under(root, name, child).await
    }

    /// Starts a process under a supervisor that [`NodeRuntime::spawn_supervisor`] made.
    pub(crate) async fn spawn_under(
        self: &Arc<Self>,
        supervisor: &ActorCell,
        name: Option<ProcessName>,
        child: Child,
    ) -> Result<ProcessId, SpawnError> {
        let kind = child.type_name().to_owned();
        let cell = child.spawn(supervisor.clone()).await.map_err(SpawnError::Start)?;
        let local = cell.get_id().pid();
        self.processes.started(local, Some(supervisor.get_id().pid()), kind);
        if let Some(name) = name
            && let Err(taken) = self.processes.names().register(name, local)
        {
            cell.kill();
            self.processes.ended(local);
            return Err(SpawnError::NameTaken(taken));
        }
        // It may have ended before it was known here, and its end been told to nobody.
        if cell.get_status() >= ActorStatus::Stopping {
            self.processes.ended(local);
        }
        if supervisor.get_status() >= ActorStatus::Stopping {
            cell.kill();
            self.processes.ended(local);
            return Err(SpawnError::SupervisorEnded);
        }
        Ok(self.processes.id(local))
    }

    /// Starts a supervisor under the root of this node; its children may fail without ending it.
    pub(crate) async fn spawn_supervisor(self: &Arc<Self>) -> Result<ActorCell, SpawnError> {
        let root = self.root.get().ok_or(SpawnError::SupervisorEnded)?.clone();
        let above = root.get_id().pid();
        let (supervisor, _) = Supervisor::spawn_linked(None, Supervisor, self.child_ended(), root)
            .await
            .map_err(SpawnError::Start)?;
        let cell = supervisor.get_cell();
        let kind = String::from("Supervisor");
        self.processes.started(cell.get_id().pid(), Some(above), kind);
        Ok(cell)
    }

    pub(super) fn child_ended(self: &Arc<Self>) -> ChildEnded {
        let processes = Arc::clone(&self.processes);
        Arc::new(move |local, failure| {
            if let Some(error) = failure {
                tracing::warn!(process = %processes.id(local), error, "a process failed");
            }
            processes.ended(local);
        })
    }

    /// The calls of this node; none before it is connected and after it has ended.
    pub(super) fn endpoint(&self) -> Option<Arc<Endpoint>> {
        self.endpoint.get().and_then(Weak::upgrade)
    }

    /// What reaches another node, as it was started last.
    fn reach(&self, node: &NodeName) -> Option<(Arc<Endpoint>, PeerId)> {
        let generation = self.members().others().get(node)?.generation;
        Some((self.endpoint()?, PeerId { name: node.clone(), generation }))
    }

    /// What this node says of itself now. Its processes are counted for it, which takes a while.
    pub(crate) fn facts_now(&self) -> NodeFacts {
        let processes = self.processes.counts();
        self.facts(Measured { processes, ..self.measured() })
    }

    /// What this node tells the others: its processes as they were measured last.
    pub(super) fn facts_told(&self) -> NodeFacts {
        self.facts(self.measured())
    }

    fn measured(&self) -> Measured {
        self.measured.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn facts(&self, Measured { processes, resources }: Measured) -> NodeFacts {
        let registered_names = self.processes.names().len();
        let members = self.members();
        let (verdict, since) = members.verdict();
        NodeFacts {
            name: self.me.id.name.clone(),
            generation: self.me.id.generation,
            node: self.card.clone(),
            processes,
            resources,
            registered_names,
            electorate: members.electorate().clone(),
            judgement: Judgement {
                verdict,
                since: self.clock.at(since),
                split_at: members.split().map(|split| split.at_version),
                holders: members.holders(),
            },
            unreachable: members.unreachable(),
            is_leaving: self.is_leaving.load(Ordering::Relaxed),
        }
    }

    /// Lets gossip carry the word that this node leaves, if there is anybody to hear it.
    pub(super) async fn leave(&self) {
        self.is_leaving.store(true, Ordering::Relaxed);
        if !self.has_company() {
            return;
        }
        self.exchange().await;
        sleep(LEAVING).await;
    }

    /// A datagram came for gossip.
    pub(crate) fn datagram(&self, from: SocketAddr, bytes: Bytes) {
        if let Some(gossip) = self.gossip.get() {
            gossip.datagram(from, bytes);
        }
    }

    pub(crate) fn path_up(&self, peer: &Peer) {
        let mut taken_in = Ok(());
        self.change(|members, now| taken_in = members.path_up(peer, now));
        if let Err(why) = taken_in {
            // It would count this node, and not be counted here.
            tracing::error!(peer = %peer.id, "this peer is not taken in: {why}");
            self.network.reset(&peer.id);
        }
    }

    pub(crate) fn path_down(&self, peer: &PeerId, why: Down) {
        self.change(|members, now| members.path_down(peer, why, now));
    }

    /// The start that holds the name of a newcomer, if that is another one which is heard.
    pub(crate) fn holder(&self, newcomer: &PeerId) -> Option<PeerId> {
        self.members().holder(newcomer, Instant::now())
    }

    pub(crate) fn refused(&self, newcomer: &PeerId, holder: &PeerId) {
        self.change(|members, _| members.refused(newcomer, holder));
    }

    pub(crate) fn name_held(&self, holder: &PeerId) {
        self.change(|members, now| members.name_held(holder, now));
    }

    /// Changes the members and publishes the view that follows, before anybody else can.
    pub(super) fn change(&self, change: impl FnOnce(&mut Members, Instant)) {
        let mut members = self.members();
        let read_at = Reading::of(&self.uptime);
        let now = read_at.instant();
        members.slept(read_at.slept_since(&self.leased().read_at), now);
        change(&mut members, now);
        // Written on the next beat, or by whoever chose them: nobody waits for a disk here.
        self.voter_store.goes_by(members.electorate());
        for change in members.take_changes() {
            change.log();
            self.events.push(change, self.clock.at(now));
        }
        let view = Arc::new(members.view(|instant| self.clock.at(instant)));
        let expires_at = members.holds_until();
        *self.view.write().unwrap_or_else(PoisonError::into_inner) =
            Leased { view, expires_at, read_at };
    }

    fn leased(&self) -> Leased {
        self.view.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(crate) fn members(&self) -> MutexGuard<'_, Members> {
        self.members.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Cluster for NodeRuntime {
    /// A view whose verdict has expired is renewed first: the node may have been paused, and the
    /// cluster have gone on without it.
    fn view(&self) -> Arc<MembershipView> {
        let leased = self.leased();
        if leased.holds(&Reading::of(&self.uptime)) {
            return leased.view;
        }
        self.change(Members::tick);
        self.leased().view
    }

    fn call(
        &self,
        node: &NodeName,
        envelope: Bytes,
        timeout: Duration,
    ) -> BoxFuture<'static, Result<Bytes, CallError>> {
        let Some((endpoint, peer)) = self.reach(node) else {
            return Box::pin(std::future::ready(Err(CallError::Unavailable)));
        };
        Box::pin(async move { endpoint.call(&peer, envelope, timeout).await })
    }

    fn open(
        &self,
        node: &NodeName,
        envelope: Bytes,
        timeout: Duration,
    ) -> BoxFuture<'static, Result<PeerStream, CallError>> {
        let Some((endpoint, peer)) = self.reach(node) else {
            return Box::pin(std::future::ready(Err(CallError::Unavailable)));
        };
        Box::pin(async move {
            let incoming = endpoint.open(&peer, envelope, timeout).await?;
            Ok(incoming.boxed())
        })
    }
}

impl fmt::Debug for NodeRuntime {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("NodeRuntime").field("me", &self.me).finish_non_exhaustive()
    }
}
