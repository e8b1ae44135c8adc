//! The clock of a simulated cluster, as people turn it.

use std::time::Duration;

use arsenal_core::duration::milliseconds;
use tokio::{sync::oneshot, time::Instant};

use super::{ClockStatus, Simulation, SimulationError, Stepped, engine::Step};

/// The longest step, in virtual milliseconds: a long look ahead, and still done within seconds.
pub const STEP_MS_MAX: u64 = 60_000;

impl Simulation {
    /// Lets the clock stand. Nodes still do what needs no time. A step that is under way ends.
    ///
    /// # Errors
    ///
    /// It has ended.
    pub async fn pause(&self) -> Result<ClockStatus, SimulationError> {
        self.tell(|engine| {
            engine.pace.pause();
            engine.end_step();
            engine.clock()
        })
        .await
    }

    /// Lets the clock run again, from where it stands. A step that is under way ends.
    ///
    /// # Errors
    ///
    /// It has ended.
    pub async fn resume(&self) -> Result<ClockStatus, SimulationError> {
        self.tell(|engine| {
            engine.end_step();
            engine.pace.resume(Instant::now(), engine.cluster.world().now());
            engine.clock()
        })
        .await
    }

    /// Lets virtual time pass while the clock stands, at most [`STEP_MS_MAX`], as fast as the machine
    /// can. The step goes on where nobody waits for it any more.
    ///
    /// # Errors
    ///
    /// The clock runs, or is being stepped.
    pub async fn step(&self, time: Duration) -> Result<Stepped, SimulationError> {
        let (done, ended) = oneshot::channel();
        self.tell(move |engine| {
            if !engine.pace.is_paused() {
                return Err(SimulationError::ClockRuns);
            }
            if engine.step.is_some() {
                return Err(SimulationError::Stepping);
            }
            let from = engine.cluster.world().now();
            let until = from + time.min(Duration::from_millis(STEP_MS_MAX));
            engine.step = Some(Step { from, until, done });
            Ok(())
        })
        .await??;
        let (passed, clock) = ended.await.map_err(|_dropped| SimulationError::Ended)?;
        Ok(Stepped { passed_ms: milliseconds(passed), clock })
    }

    /// Sets how many virtual seconds pass per second, from 0.1 to 100.
    ///
    /// # Errors
    ///
    /// It has ended.
    pub async fn set_speed(&self, speed: f64) -> Result<ClockStatus, SimulationError> {
        self.tell(move |engine| {
            let now = engine.cluster.world().now();
            engine.pace.set_speed(speed, Instant::now(), now);
            engine.clock()
        })
        .await
    }
}
