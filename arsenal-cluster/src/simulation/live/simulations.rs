//! What a real node has of the simulation: at most one cluster, and which cluster is addressed.

use std::{
    fmt,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::SystemTime,
};

use arsenal_core::{membership::Mode, name::NodeName};

use super::{EndedSimulation, Simulation, SimulationError, SimulationPlan};
use crate::{node::NodeBuilder, process::Elsewhere};

/// Makes the builder of a simulated node: its operations, states and hooks. Called for each start.
pub type MakeBuilder = Arc<dyn Fn() -> NodeBuilder + Send + Sync>;

/// The simulated cluster of a node, if there is one.
pub struct Simulations {
    /// None where the program makes no simulated nodes.
    make: Option<MakeBuilder>,
    elsewhere: Arc<Elsewhere>,
    held: Mutex<Held>,
    /// The same as in `held`: each request asks for it.
    is_simulated: AtomicBool,
    /// Held while one is made or ended.
    making: tokio::sync::Mutex<()>,
}

#[derive(Default)]
struct Held {
    /// Until nothing of it is left, also while it ends.
    simulation: Option<Arc<Simulation>>,
    is_addressed: bool,
    entry: Option<NodeName>,
}

/// Which cluster the surfaces of a node address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Addressed {
    /// The real one or the simulated one.
    pub mode: Mode,
    /// The simulated node that requests are given to, where one was chosen.
    pub entry: Option<NodeName>,
}

impl Simulations {
    pub(crate) fn new(make: Option<MakeBuilder>, elsewhere: Arc<Elsewhere>) -> Self {
        Self {
            make,
            elsewhere,
            held: Mutex::default(),
            is_simulated: AtomicBool::new(false),
            making: tokio::sync::Mutex::default(),
        }
    }

    /// Makes a simulated cluster, from a seed that is drawn where none is given. Which cluster is
    /// addressed stays as it is.
    ///
    /// # Errors
    ///
    /// There is one, or one that is still ending; this program makes none, or it did not start.
    pub async fn make(
        &self,
        node_count: usize,
        seed: Option<u64>,
        now: SystemTime,
    ) -> Result<Arc<Simulation>, SimulationError> {
        let _alone = self.making.lock().await;
        let make = self.make.clone().ok_or(SimulationError::Unsupported)?;
        if self.held().simulation.as_ref().is_some_and(|simulation| !simulation.has_ended()) {
            return Err(SimulationError::Exists);
        }
        // Where the system gives no randomness, any seed is as good.
        let seed = seed.unwrap_or_else(|| getrandom::u32().map_or(1, u64::from));
        let elsewhere = Arc::clone(&self.elsewhere);
        let plan = SimulationPlan { node_count, seed, now, make, elsewhere };
        let simulation = Arc::new(Simulation::start(plan).await?);
        self.held().simulation = Some(Arc::clone(&simulation));
        Ok(simulation)
    }

    /// The simulated cluster.
    ///
    /// # Errors
    ///
    /// There is none.
    pub fn current(&self) -> Result<Arc<Simulation>, SimulationError> {
        self.held().current()
    }

    /// Ends the simulated cluster; the real one is addressed from now on. Waits until nothing of it
    /// is left.
    ///
    /// # Errors
    ///
    /// There is none.
    pub async fn end(&self) -> Result<EndedSimulation, SimulationError> {
        let _alone = self.making.lock().await;
        let simulation = {
            let mut held = self.held();
            let simulation = held.simulation.clone().ok_or(SimulationError::Absent)?;
            // From here on nobody can address it.
            simulation.begin_end();
            (held.is_addressed, held.entry) = (false, None);
            self.is_simulated.store(false, Ordering::Relaxed);
            simulation
        };
        // Whoever waits here may give up: then it is still held, and the next call waits for it.
        let ended = simulation.end().await;
        self.held().simulation = None;
        Ok(ended)
    }

    /// Which cluster is addressed.
    pub fn addressed(&self) -> Addressed {
        let held = self.held();
        let mode = if held.is_addressed { Mode::Simulated } else { Mode::Cluster };
        Addressed { mode, entry: held.entry.clone() }
    }

    /// Whether requests that say nothing are for the simulated cluster.
    pub fn is_simulated(&self) -> bool {
        self.is_simulated.load(Ordering::Relaxed)
    }

    /// Addresses the real cluster. The simulated one goes on.
    pub fn address_real(&self) {
        let mut held = self.held();
        (held.is_addressed, held.entry) = (false, None);
        self.is_simulated.store(false, Ordering::Relaxed);
    }

    /// Addresses the simulated cluster, through one of its nodes or whichever runs. The real one goes
    /// on.
    ///
    /// # Errors
    ///
    /// There is none, or it has no such node.
    pub fn address_simulated(&self, entry: Option<NodeName>) -> Result<(), SimulationError> {
        // Under one lock with its end: what has ended is never addressed.
        let mut held = self.held();
        let simulation = held.current()?;
        if let Some(entry) = &entry {
            simulation.slot(entry)?;
        }
        (held.is_addressed, held.entry) = (true, entry);
        self.is_simulated.store(true, Ordering::Relaxed);
        Ok(())
    }

    fn held(&self) -> MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Held {
    fn current(&self) -> Result<Arc<Simulation>, SimulationError> {
        let simulation = self.simulation.clone();
        simulation.filter(|simulation| simulation.is_alive()).ok_or(SimulationError::Absent)
    }
}

impl fmt::Debug for Simulations {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let addressed = self.addressed();
        formatter.debug_struct("Simulations").field("addressed", &addressed).finish_non_exhaustive()
    }
}
