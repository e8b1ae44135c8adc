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

use arsenal_core::error::OperationError;
use bytes::Bytes;
use ractor::ActorCell;
use tokio::{
    task::JoinSet,
    time::{Instant, sleep},
};

use super::{cluster::Leased, counting::Counting};
use crate::{
    blueprint_catalogue::BlueprintCatalogue,
    clock::WallClock,
    discovery::{Discoveries, Discovery},
    endpoint::Endpoint,
    membership::{Electorate, EventLog, Gossip, Members, NodeCard, Resources, VoterStore},
    network::{Down, Network, Peer, PeerId},
    process::ProcessTable,
    sandbox::{Cleanups, Records, Shares},
    simulation::live::Simulations,
    trace::{SessionShare, Sessions, TracePlan, Traced, check_subject},
    uptime::Uptime,
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
    pub(super) counting: Counting,
    pub(super) resources: Mutex<Resources>,
    pub(super) gossip: OnceLock<Box<dyn Gossip>>,
    pub(super) discoveries: Discoveries,
    pub(super) events: Arc<EventLog>,
    pub(super) network: Arc<dyn Network>,
    pub(super) voter_store: VoterStore,
    pub(super) background: Mutex<JoinSet<()>>,
    pub(super) is_leaving: AtomicBool,
    pub(super) processes: Arc<ProcessTable>,
    pub(super) blueprints: BlueprintCatalogue,
    pub(super) sandboxes: Records,
    pub(super) shares: Shares,
    pub(super) cleanups: Cleanups,
    pub(super) simulations: Simulations,
    pub(super) traces: Arc<Sessions>,
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

    /// The sessions that trace messages on this node.
    pub fn traces(&self) -> &Arc<Sessions> {
        &self.traces
    }

    /// Begins to trace messages on this node; see [`Sessions::start`].
    ///
    /// # Errors
    ///
    /// The same, and `not_found`, `forbidden` or `conflict` where the process that it is on is none of this
    /// node, one of Arsenal's own, or not instrumented.
    pub async fn start_trace(&self, plan: TracePlan) -> Result<SessionShare, OperationError> {
        self.check_traced(&plan.on, &plan.messages)?;
        let traces = Arc::clone(&self.traces);
        self.processes.aside(move |_| traces.start(plan)).await?
    }

    /// Whether messages can be traced here, and may be.
    ///
    /// # Errors
    ///
    /// See [`Self::start_trace`].
    pub fn check_traced(&self, on: &Traced, messages: &[String]) -> Result<(), OperationError> {
        check_subject(on, messages, &self.me.id.name, &self.processes)
    }

    /// Does what takes long, and needs nothing of the node, where no actor waits for it: on a thread of its
    /// own, in turn with what is long about processes.
    ///
    /// # Errors
    ///
    /// `internal` where it panicked, or the node is about to end.
    pub async fn aside<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, OperationError> {
        self.processes.aside(move |_| work()).await
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

    /// The calls of this node; none before it is connected and after it has ended.
    pub(super) fn endpoint(&self) -> Option<Arc<Endpoint>> {
        self.endpoint.get().and_then(Weak::upgrade)
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

    pub(crate) fn members(&self) -> MutexGuard<'_, Members> {
        self.members.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for NodeRuntime {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("NodeRuntime").field("me", &self.me).finish_non_exhaustive()
    }
}
