//! The thread that holds a simulated cluster: turns as the wall clock asks for them, and what it is
//! told in between.

use std::{
    sync::{
        atomic::{AtomicBool, Ordering},
        mpsc::{Receiver, RecvTimeoutError},
    },
    time::{Duration, SystemTime},
};

use arsenal_core::{duration::milliseconds, name::NodeName};
use tokio::{sync::oneshot, time::Instant};

use super::{
    super::{SimulatedCluster, TURN},
    ClockStatus, LinkStatus, SimulatedNode, SimulatedState, SimulationError, SimulationStatus,
    pace::Pace,
};
use crate::{network::sim::LinkConditions, process::Roots};

/// How often nodes are looked at while their clock stands: what comes from outside is noticed then.
const SETTLE_EVERY: Duration = Duration::from_millis(50);

/// What the thread is told to do.
pub(super) type Command = Box<dyn FnOnce(&mut Engine) + Send>;

/// The cluster, its clock, and what is known of both.
pub(super) struct Engine {
    pub(super) cluster: SimulatedCluster,
    pub(super) pace: Pace,
    pub(super) step: Option<Step>,
    pub(super) seed: u64,
    pub(super) made_at: SystemTime,
    pub(super) made: Instant,
    /// Where it is told which actors of this process are not the real node's.
    pub(super) roots: Roots,
}

/// Virtual time that is let pass while the clock stands.
pub(super) struct Step {
    pub(super) from: Duration,
    pub(super) until: Duration,
    pub(super) done: oneshot::Sender<(Duration, ClockStatus)>,
}

impl Engine {
    /// Runs until the handle is gone or says so. The virtual time then.
    pub(super) fn run(mut self, commands: &Receiver<Command>, is_ending: &AtomicBool) -> Duration {
        while !is_ending.load(Ordering::Acquire) {
            let wait = self.go_on();
            match commands.recv_timeout(wait) {
                Ok(command) => command(&mut self),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => break,
            }
        }
        self.cluster.world().now()
    }

    /// One turn where one is due. How long until there is something to do again.
    fn go_on(&mut self) -> Duration {
        let now = self.cluster.world().now();
        if let Some(step) = &self.step {
            if now < step.until {
                let left = step.until.saturating_sub(now);
                self.cluster.world_mut().run(TURN.min(left));
            } else {
                self.end_step();
            }
            return Duration::ZERO;
        }
        if self.pace.is_paused() {
            self.cluster.world_mut().settle();
            return SETTLE_EVERY;
        }
        let owed = self.pace.owed(Instant::now(), now);
        if owed < TURN {
            return self.pace.until_turn(owed);
        }
        self.cluster.world_mut().run(TURN);
        Duration::ZERO
    }

    /// Ends a step, wherever it is, and tells who asked for it.
    pub(super) fn end_step(&mut self) {
        if let Some(step) = self.step.take() {
            let passed = self.cluster.world().now().saturating_sub(step.from);
            // Who asked may have gone.
            drop(step.done.send((passed, self.clock())));
        }
    }

    /// Starts a node that does not run.
    pub(super) fn start(&mut self, slot: usize) -> Result<(), SimulationError> {
        let started = self.cluster.start(slot);
        self.tell_roots();
        let name = self.cluster.world().name(slot).cloned();
        started.map_err(|error| match name {
            Some(name) => SimulationError::Start(name, error),
            None => SimulationError::Ended,
        })
    }

    pub(super) fn kill(&mut self, slot: usize) {
        self.cluster.world_mut().kill(slot);
        self.tell_roots();
    }

    fn tell_roots(&self) {
        let world = self.cluster.world();
        let nodes = (0..world.len()).filter_map(|slot| world.node(slot));
        self.roots.set(nodes.filter_map(|node| node.runtime().root().cloned()).collect());
    }

    pub(super) fn state(&self, slot: usize) -> SimulatedState {
        let world = self.cluster.world();
        match (world.is_running(slot), world.is_frozen(slot)) {
            (true, true) => SimulatedState::Frozen,
            (true, false) => SimulatedState::Running,
            (false, _) => SimulatedState::Failed,
        }
    }

    pub(super) fn node(&self, slot: usize) -> Option<SimulatedNode> {
        let world = self.cluster.world();
        Some(SimulatedNode {
            name: world.name(slot)?.clone(),
            state: self.state(slot),
            generation: world.generation(slot),
            address: world.address(slot)?,
        })
    }

    pub(super) fn status(&self) -> SimulationStatus {
        SimulationStatus {
            seed: self.seed,
            made_at: humantime::format_rfc3339_millis(self.made_at).to_string(),
            age_ms: milliseconds(self.made.elapsed()),
            clock: self.clock(),
            nodes: (0..self.cluster.world().len()).filter_map(|slot| self.node(slot)).collect(),
            links: self.links(),
        }
    }

    pub(super) fn clock(&self) -> ClockStatus {
        ClockStatus {
            virtual_ms: milliseconds(self.cluster.world().now()),
            shows: humantime::format_rfc3339_millis(self.cluster.wall_clock()).to_string(),
            paused: self.pace.is_paused(),
            speed: self.pace.speed(),
            speed_reached: self.pace.reached(),
            behind: self.pace.is_behind(Instant::now()),
            given_up_ms: milliseconds(self.pace.given_up()),
        }
    }

    /// The links that are not as they were made.
    pub(super) fn links(&self) -> Vec<LinkStatus> {
        let world = self.cluster.world();
        let (wires, usual) = (world.wires(), LinkConditions::default());
        let mut links = Vec::new();
        for (from, to) in
            (0..world.len()).flat_map(|from| (0..world.len()).map(move |to| (from, to)))
        {
            let (cut, conditions) = (wires.is_cut(from, to), wires.conditions(from, to));
            if from != to
                && (cut || conditions != usual)
                && let (Some(from), Some(to)) = (world.name(from), world.name(to))
            {
                links.push(link_status(from, to, cut, conditions));
            }
        }
        links
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        for slot in 0..self.cluster.world().len() {
            self.cluster.world_mut().kill(slot);
        }
    }
}

fn link_status(from: &NodeName, to: &NodeName, cut: bool, link: LinkConditions) -> LinkStatus {
    LinkStatus {
        from: from.clone(),
        to: to.clone(),
        cut,
        delay_ms: milliseconds(link.delay),
        jitter_ms: milliseconds(link.jitter),
        loss: link.loss,
        duplication: link.duplication,
        reordering: link.reordering,
    }
}
