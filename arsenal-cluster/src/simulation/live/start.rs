//! The thread of a simulated cluster: how it begins and ends, and how long its start is waited for.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
        mpsc::Receiver,
    },
    thread,
    time::Duration,
};

use arsenal_core::name::NodeName;
use tokio::{
    sync::{oneshot, watch},
    time::{Instant, timeout},
};

use super::{
    super::{MakeNode, SimulatedCluster},
    SimulationError, SimulationPlan,
    engine::{Command, Engine},
    pace::Pace,
};
use crate::network::sim::LinkConditions;

/// How long the nodes of a cluster may take to start, by the wall clock, all together; less than who
/// asked for it waits.
pub(super) const START_MAX: Duration = Duration::from_secs(20);

/// What the thread of a cluster has and works on.
pub(super) struct Life {
    pub(super) plan: SimulationPlan,
    pub(super) names: Arc<[NodeName]>,
    pub(super) told: Receiver<Command>,
    pub(super) is_ending: Arc<AtomicBool>,
    /// Says the virtual time at its end, and is dropped when nothing of it is left.
    pub(super) runs: watch::Sender<Duration>,
}

/// The start of a cluster, under way.
pub(super) struct Starting(oneshot::Receiver<Result<(), SimulationError>>);

impl Life {
    pub(super) fn begin(self) -> Result<Starting, SimulationError> {
        let (started, starts) = oneshot::channel();
        let thread = thread::Builder::new().name(String::from("simulation"));
        thread.spawn(move || self.live(started)).map_err(SimulationError::Thread)?;
        Ok(Starting(starts))
    }

    fn live(self, started: oneshot::Sender<Result<(), SimulationError>>) {
        let Self { plan, names, told, is_ending, runs } = self;
        match engine(plan, &names, &is_ending) {
            Ok(engine) => {
                drop(started.send(Ok(())));
                runs.send_replace(engine.run(&told, &is_ending));
                // Last: whoever waits for the end finds nothing of it left.
                drop(runs);
            }
            Err(error) => {
                drop(runs);
                drop(started.send(Err(error)));
            }
        }
    }
}

impl Starting {
    /// Waits until the nodes run. What fails has left nothing; what is late goes on.
    pub(super) async fn finish(self) -> Result<(), SimulationError> {
        match timeout(START_MAX, self.0).await {
            Ok(started) => started.unwrap_or(Err(SimulationError::Ended)),
            Err(_elapsed) => Err(SimulationError::Stuck),
        }
    }
}

/// `a`, `b`, `c`, …
pub(super) fn names(count: usize) -> Vec<NodeName> {
    let letters = ('a'..='z').take(count);
    letters.filter_map(|letter| letter.to_string().parse().ok()).collect()
}

/// A cluster whose nodes run.
fn engine(
    plan: SimulationPlan,
    names: &Arc<[NodeName]>,
    is_ending: &AtomicBool,
) -> Result<Engine, SimulationError> {
    let (make, voters) = (plan.make, Arc::clone(names));
    let make: MakeNode = Box::new(move |place| {
        make().join(place.addresses.iter().copied()).voters(voters.iter().cloned())
    });
    let mut cluster = SimulatedCluster::new(plan.seed, LinkConditions::default(), plan.now, make);
    for name in names.iter() {
        cluster.add(name.clone());
    }
    // The real clock: this thread is in no runtime.
    let made = Instant::now();
    let pace = Pace::new(made, cluster.world().now());
    let mut engine = Engine {
        cluster,
        pace,
        step: None,
        seed: plan.seed,
        made_at: plan.now,
        made,
        roots: plan.elsewhere.claim(),
    };
    for slot in 0..names.len() {
        if is_ending.load(Ordering::Acquire) {
            return Err(SimulationError::Ended);
        }
        engine.start(slot)?;
    }
    let now = engine.cluster.world().now();
    engine.pace = Pace::new(Instant::now(), now);
    Ok(engine)
}

#[cfg(test)]
mod tests {
    use std::{
        pin::pin,
        sync::{Mutex, PoisonError, mpsc},
        time::SystemTime,
    };

    use arsenal_core::registry::Registry;
    use futures_util::poll;

    use super::{super::Simulations, *};
    use crate::node::NodeBuilder;

    /// Whose nodes start only once what is given back with it is dropped.
    fn held_up() -> (Simulations, mpsc::Sender<()>) {
        let (release, released) = mpsc::channel::<()>();
        let released = Mutex::new(released);
        let make = move || {
            let released = released.lock().unwrap_or_else(PoisonError::into_inner);
            assert!(released.recv().is_err(), "nothing is ever sent");
            NodeBuilder::new(Registry::default())
        };
        (Simulations::new(Some(Arc::new(make)), Arc::default()), release)
    }

    async fn make(simulations: &Simulations) -> Result<usize, SimulationError> {
        let made = simulations.make(2, Some(1), SystemTime::UNIX_EPOCH).await;
        made.map(|simulation| simulation.names().len())
    }

    #[tokio::test]
    async fn who_gives_up_a_start_leaves_no_second_cluster_beside_it() {
        let (simulations, release) = held_up();
        {
            let mut making = pin!(make(&simulations));
            assert!(poll!(&mut making).is_pending());
            simulations.current().unwrap();
            assert!(matches!(make(&simulations).await, Err(SimulationError::Exists)));
            simulations.address_simulated(None).unwrap();
            // Who asked for it gives up.
        }
        assert!(!simulations.is_simulated());
        assert!(matches!(simulations.current(), Err(SimulationError::Absent)));
        assert!(matches!(make(&simulations).await, Err(SimulationError::Exists)));
        drop(release);
        simulations.end().await.unwrap();
        assert_eq!(make(&simulations).await.unwrap(), 2);
    }

    #[tokio::test]
    async fn a_start_that_takes_too_long_is_told_and_ended() {
        let (simulations, release) = held_up();
        // Until the clock is resumed nothing waits for it.
        tokio::time::pause();
        assert!(matches!(make(&simulations).await, Err(SimulationError::Stuck)));
        tokio::time::resume();
        assert!(matches!(make(&simulations).await, Err(SimulationError::Exists)));
        drop(release);
        simulations.end().await.unwrap();
        assert_eq!(make(&simulations).await.unwrap(), 2);
    }

    #[tokio::test]
    async fn what_starts_can_be_ended() {
        let (simulations, release) = held_up();
        let mut making = pin!(make(&simulations));
        assert!(poll!(&mut making).is_pending());
        let mut ending = pin!(simulations.end());
        assert!(poll!(&mut ending).is_pending());
        drop(release);
        assert!(matches!(making.await, Err(SimulationError::Ended)));
        assert_eq!(ending.await.unwrap().virtual_ms, 0);
        assert_eq!(make(&simulations).await.unwrap(), 2);
    }

    #[tokio::test]
    async fn what_did_not_start_is_not_there() {
        let simulations = Simulations::new(Some(Arc::new(|| panic!("no builder"))), Arc::default());
        for _ in 0..2 {
            assert!(matches!(make(&simulations).await, Err(SimulationError::Ended)));
            assert!(matches!(simulations.end().await, Err(SimulationError::Absent)));
        }
    }
}
