//! A simulated cluster, as whoever holds it sees it: makes it, tells it what to do, ends it.

use std::{
    fmt,
    pin::pin,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
        mpsc::{SyncSender, TrySendError, sync_channel},
    },
    time::{Duration, SystemTime},
};

use arsenal_core::{context::NodeParts, duration::milliseconds, name::NodeName};
use futures_util::future::{Either, select};
use tokio::{
    sync::{oneshot, watch},
    time::timeout,
};

use super::{
    EndedSimulation, SimulatedState, SimulationError, SimulationStatus,
    engine::{Command, Engine},
    simulations::MakeBuilder,
    start::{Life, Starting, names},
};
use crate::process::Elsewhere;

/// What may wait for the thread of the world; it does one thing per turn.
const COMMANDS_WAITING_MAX: usize = 256;

/// How long the thread of the world may take for what it is told, by the wall clock. It is told in
/// between turns, which take milliseconds.
const REACTION_MAX: Duration = Duration::from_secs(4);

/// What a simulated cluster is made of.
pub struct SimulationPlan {
    /// How many nodes, at most [`NODES_MAX`](super::NODES_MAX): `a`, `b`, `c`, …, all of them voters.
    pub node_count: usize,
    /// What all randomness of its links comes from.
    pub seed: u64,
    /// What its clocks show at first.
    pub now: SystemTime,
    /// What each node is made of.
    pub make: MakeBuilder,
    /// Where it is told which actors of this process are its.
    pub elsewhere: Arc<Elsewhere>,
}

/// A simulated cluster that runs. Dropping it ends the thread and all nodes.
pub struct Simulation {
    commands: SyncSender<Command>,
    is_ending: Arc<AtomicBool>,
    /// Closed when the thread has ended; the virtual time at its end then.
    running: watch::Receiver<Duration>,
    seed: u64,
    names: Arc<[NodeName]>,
}

/// Why a node gives no answer for now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Obstacle {
    /// The clock stands.
    ClockStands,
    /// The node stands still.
    Frozen,
}

impl Simulation {
    /// Makes a cluster and starts its nodes, in a thread of its own: they are dropped there, too,
    /// since a runtime must not end inside of another.
    ///
    /// # Errors
    ///
    /// A node or the thread did not start, or not in time. Nothing goes on then.
    pub async fn start(plan: SimulationPlan) -> Result<Self, SimulationError> {
        let (simulation, starting) = Self::begin(plan)?;
        starting.finish().await?;
        Ok(simulation)
    }

    /// The same, whose nodes are still to start.
    pub(super) fn begin(plan: SimulationPlan) -> Result<(Self, Starting), SimulationError> {
        let names: Arc<[NodeName]> = names(plan.node_count).into();
        let (commands, told) = sync_channel(COMMANDS_WAITING_MAX);
        let (runs, running) = watch::channel(Duration::ZERO);
        let is_ending = Arc::<AtomicBool>::default();
        let simulation = Self {
            commands,
            is_ending: Arc::clone(&is_ending),
            running,
            seed: plan.seed,
            names: Arc::clone(&names),
        };
        let starting = Life { plan, names, told, is_ending, runs }.begin()?;
        Ok((simulation, starting))
    }

    /// How it is.
    ///
    /// # Errors
    ///
    /// It has ended, or has too much to do; so with all that asks it something.
    pub async fn status(&self) -> Result<SimulationStatus, SimulationError> {
        self.tell(|engine| engine.status()).await
    }

    /// Runs a future inside of a node, in its time; without a name, of the first node that runs.
    /// Answers with the node, and with what receives the outcome; it receives nothing where the node
    /// fails first. Dropping the receiver ends the future.
    ///
    /// # Errors
    ///
    /// There is no such node, or it does not run.
    pub async fn run_on<F>(
        &self,
        node: Option<&NodeName>,
        work: impl FnOnce(Arc<NodeParts>) -> F + Send + 'static,
    ) -> Result<(NodeName, oneshot::Receiver<F::Output>), SimulationError>
    where
        F: Future<Output: Send> + Send + 'static,
    {
        let slot = node.map(|node| self.slot(node)).transpose()?;
        self.tell(move |engine| {
            let slot = runnable(engine, slot)?;
            let (outcome, receiver) = oneshot::channel();
            let name = engine.cluster.world().name(slot).cloned().ok_or(SimulationError::Ended)?;
            let begun = engine.cluster.begin(slot, |node| {
                let parts = Arc::clone(node.parts());
                async move { give_unless_gone(outcome, work(parts)).await }
            });
            begun.map(|_| (name, receiver)).ok_or(SimulationError::Ended)
        })
        .await?
    }

    /// What keeps a node from answering.
    ///
    /// # Errors
    ///
    /// There is no such node.
    pub async fn obstacle(&self, node: &NodeName) -> Result<Option<Obstacle>, SimulationError> {
        let slot = self.slot(node)?;
        self.tell(move |engine| {
            if engine.state(slot) == SimulatedState::Frozen {
                Some(Obstacle::Frozen)
            } else {
                let stands = engine.pace.is_paused() && engine.step.is_none();
                stands.then_some(Obstacle::ClockStands)
            }
        })
        .await
    }

    /// The names of its nodes.
    pub fn names(&self) -> &[NodeName] {
        &self.names
    }

    /// Whether its thread is there.
    pub fn is_alive(&self) -> bool {
        !self.has_ended() && !self.is_ending.load(Ordering::Acquire)
    }

    /// Whether nothing of it is left.
    pub(super) fn has_ended(&self) -> bool {
        self.running.has_changed().is_err()
    }

    /// Ends it, whoever else holds it, and waits until nothing of it is left.
    pub async fn end(&self) -> EndedSimulation {
        self.begin_end();
        let mut running = self.running.clone();
        while running.changed().await.is_ok() {}
        let virtual_ms = milliseconds(*running.borrow());
        EndedSimulation { seed: self.seed, node_count: self.names.len(), virtual_ms }
    }

    pub(super) fn begin_end(&self) {
        self.is_ending.store(true, Ordering::Release);
        // Only to wake the thread; where there is no room, it is awake.
        drop(self.commands.try_send(Box::new(|_| {})));
    }

    /// Lets the thread of the world do something, and waits for what comes of it.
    pub(super) async fn tell<R: Send + 'static>(
        &self,
        command: impl FnOnce(&mut Engine) -> R + Send + 'static,
    ) -> Result<R, SimulationError> {
        let (answer, answered) = oneshot::channel();
        let command: Command = Box::new(move |engine| drop(answer.send(command(engine))));
        self.commands.try_send(command).map_err(|error| match error {
            TrySendError::Full(_) => SimulationError::Busy,
            TrySendError::Disconnected(_) => SimulationError::Ended,
        })?;
        match timeout(REACTION_MAX, answered).await {
            Ok(answer) => answer.map_err(|_dropped| SimulationError::Ended),
            Err(_elapsed) => Err(SimulationError::Stuck),
        }
    }

    pub(super) fn slot(&self, node: &NodeName) -> Result<usize, SimulationError> {
        let slot = self.names.iter().position(|name| name == node);
        slot.ok_or_else(|| SimulationError::UnknownNode {
            node: node.clone(),
            known: Arc::clone(&self.names),
        })
    }
}

impl Drop for Simulation {
    fn drop(&mut self) {
        self.begin_end();
    }
}

/// The node that was asked for, or else the first that runs.
fn runnable(engine: &Engine, slot: Option<usize>) -> Result<usize, SimulationError> {
    let is_running = |slot: &usize| engine.state(*slot) == SimulatedState::Running;
    let Some(slot) = slot else {
        let first = (0..engine.cluster.world().len()).find(is_running);
        return first.ok_or(SimulationError::NobodyRuns);
    };
    match engine.node(slot) {
        Some(node) if node.state == SimulatedState::Running => Ok(slot),
        Some(node) => Err(SimulationError::Unavailable { node: node.name, state: node.state }),
        None => Err(SimulationError::Ended),
    }
}

/// Gives the outcome of a future to who waits for it; without anybody who waits, the future ends.
async fn give_unless_gone<T>(mut outcome: oneshot::Sender<T>, work: impl Future<Output = T>) {
    let given = {
        let gone = pin!(outcome.closed());
        match select(pin!(work), gone).await {
            Either::Left((value, _)) => Some(value),
            Either::Right(((), _)) => None,
        }
    };
    if let Some(value) = given {
        // Who waited may have gone just now.
        drop(outcome.send(value));
    }
}

impl fmt::Debug for Simulation {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Simulation").field("names", &self.names).finish_non_exhaustive()
    }
}

impl fmt::Debug for SimulationPlan {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("SimulationPlan")
            .field("node_count", &self.node_count)
            .field("seed", &self.seed)
            .finish_non_exhaustive()
    }
}
