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

use super::{EndedSimulation, Simulation, SimulationError, SimulationPlan, start::Starting};
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
}

#[derive(Default)]
struct Held {
    /// From before its nodes start until nothing of it is left.
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
        Self { make, elsewhere, held: Mutex::default(), is_simulated: AtomicBool::new(false) }
    }

    /// Makes a simulated cluster, from a seed that is drawn where none is given. Which cluster is
    /// addressed stays as it is. Where nobody waits for it any more, it is ended.
    ///
    /// # Errors
    ///
    /// There is one, or one that is still starting or ending; this program makes none, or it did not
    /// start, or not in time.
    pub async fn make(
        &self,
        node_count: usize,
        seed: Option<u64>,
        now: SystemTime,
    ) -> Result<Arc<Simulation>, SimulationError> {
        let make = self.make.clone().ok_or(SimulationError::Unsupported)?;
        // Where the system gives no randomness, any seed is as good.
        let seed = seed.unwrap_or_else(|| getrandom::u32().map_or(1, u64::from));
        let elsewhere = Arc::clone(&self.elsewhere);
        let plan = SimulationPlan { node_count, seed, now, make, elsewhere };
        let (simulation, starting) = self.begin(plan)?;
        let mut start = Start { simulations: self, simulation: &simulation, has_ended_well: false };
        starting.finish().await?;
        start.has_ended_well = true;
        drop(start);
        Ok(simulation)
    }

    /// Holds a cluster before its nodes start, so that there is never another one beside it.
    fn begin(&self, plan: SimulationPlan) -> Result<(Arc<Simulation>, Starting), SimulationError> {
        let mut held = self.held();
        if held.simulation.as_ref().is_some_and(|simulation| !simulation.has_ended()) {
            return Err(SimulationError::Exists);
        }
        let (simulation, starting) = Simulation::begin(plan)?;
        let simulation = Arc::new(simulation);
        held.simulation = Some(Arc::clone(&simulation));
        Ok((simulation, starting))
    }

    /// The simulated cluster.
    ///
    /// # Errors
    ///
    /// There is none.
    pub fn current(&self) -> Result<Arc<Simulation>, SimulationError> {
        self.held().current()
    }

    /// Ends the simulated cluster, also while it starts; the real one is addressed from now on. Waits
    /// until nothing of it is left.
    ///
    /// # Errors
    ///
    /// There is none.
    pub async fn end(&self) -> Result<EndedSimulation, SimulationError> {
        let simulation = self.held().simulation.clone().ok_or(SimulationError::Absent)?;
        self.let_go(&simulation);
        // Whoever waits here may give up: then it is still held, and the next call waits for it.
        let ended = simulation.end().await;
        self.let_go(&simulation);
        Ok(ended)
    }

    /// Begins the end of a cluster, and holds it no longer than anything of it is left.
    fn let_go(&self, simulation: &Arc<Simulation>) {
        let mut held = self.held();
        simulation.begin_end();
        if held.simulation.as_ref().is_some_and(|other| Arc::ptr_eq(other, simulation)) {
            // From here on nobody can address it.
            (held.is_addressed, held.entry) = (false, None);
            self.is_simulated.store(false, Ordering::Relaxed);
            held.simulation.take_if(|simulation| simulation.has_ended());
        }
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

/// A start that somebody waits for. The cluster is let go where it fails, and where who waited gives up.
struct Start<'a> {
    simulations: &'a Simulations,
    simulation: &'a Arc<Simulation>,
    has_ended_well: bool,
}

impl Drop for Start<'_> {
    fn drop(&mut self) {
        if !self.has_ended_well {
            self.simulations.let_go(self.simulation);
        }
    }
}

impl fmt::Debug for Simulations {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let addressed = self.addressed();
        formatter.debug_struct("Simulations").field("addressed", &addressed).finish_non_exhaustive()
    }
}
