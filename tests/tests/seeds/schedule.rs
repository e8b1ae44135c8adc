//! Which faults a seed means, and when. Pure: the same seed gives the same schedule.

use std::{collections::BTreeSet, time::Duration};

use arsenal_cluster::network::sim::LinkConditions;
use rand::{RngExt as _, SeedableRng as _, rngs::SmallRng};

use super::fault::Fault;

/// How long a run is, in virtual time.
pub(crate) const RUN: Duration = Duration::from_mins(2);

/// Until then the nodes are left alone, so that they can meet.
const FIRST_FAULT: Duration = Duration::from_secs(8);

/// From then on nothing goes wrong any more, so that agreement can be judged.
pub(crate) const QUIET_FROM: Duration = Duration::from_secs(100);

/// The pause between two faults.
const PAUSE_MS: std::ops::Range<u64> = 200..7_000;

/// How long a freeze is: too short for the lease of a verdict to end, or long.
const SHORT_FREEZE_MS: std::ops::Range<u64> = 100..900;
const LONG_FREEZE_MS: std::ops::Range<u64> = 1_100..15_000;

/// How long a process is dead.
const DEAD_MS: std::ops::Range<u64> = 50..15_000;

/// The slowest and worst link.
const DELAY_MAX_MS: u64 = 100;
const JITTER_MAX_MS: u64 = 100;
const LOSS_MAX: f64 = 0.3;

/// What happens in one run.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Schedule {
    /// How many nodes there are; all are voters.
    pub(crate) nodes: usize,
    /// What happens, in order of time.
    pub(crate) steps: Vec<(Duration, Fault)>,
}

impl Schedule {
    /// The schedule of a seed.
    pub(crate) fn of(seed: u64) -> Self {
        // One in four has five nodes, where two may fail at once.
        let nodes = if seed % 4 == 3 { 5 } else { 3 };
        let mut planner = Planner {
            random: SmallRng::seed_from_u64(seed),
            nodes,
            steps: Vec::new(),
            busy: vec![Duration::ZERO; nodes],
        };
        let mut now = FIRST_FAULT;
        while now < QUIET_FROM {
            planner.plan(now);
            now += planner.millis(PAUSE_MS);
        }
        planner.finish();
        let mut steps = planner.steps;
        steps.sort_by_key(|(at, _)| *at);
        Self { nodes, steps }
    }
}

struct Planner {
    random: SmallRng,
    nodes: usize,
    steps: Vec<(Duration, Fault)>,
    /// Until when each node is dead or frozen.
    busy: Vec<Duration>,
}

impl Planner {
    /// Plans one fault, and its end where it has one of its own.
    fn plan(&mut self, now: Duration) {
        match self.random.random_range(0..18) {
            0..=2 => self.stop(now, DEAD_MS, Fault::Kill, Fault::Restart),
            3 => self.stop(now, SHORT_FREEZE_MS, Fault::Freeze, Fault::Thaw),
            4 | 5 => self.stop(now, LONG_FREEZE_MS, Fault::Freeze, Fault::Thaw),
            6..=8 => {
                let groups = self.groups();
                self.steps.push((now, Fault::Partition(groups)));
            }
            9 => self.between(now, Fault::Cut),
            10 => self.between(now, Fault::CutOneWay),
            11 => self.between(now, Fault::Stall),
            12 => self.between(now, Fault::Reset),
            13 => {
                let conditions = self.conditions();
                self.between(now, |one, other| Fault::Conditions(one, other, conditions));
            }
            14 => self.steps.push((now, Fault::Calm)),
            _ => self.steps.push((now, Fault::Heal)),
        }
    }

    /// A node stops for a while, unless it is stopped already.
    fn stop(
        &mut self,
        now: Duration,
        millis: std::ops::Range<u64>,
        stop: fn(usize) -> Fault,
        go_on: fn(usize) -> Fault,
    ) {
        let slot = self.random.random_range(0..self.nodes);
        let until = (now + self.millis(millis)).min(QUIET_FROM);
        if self.busy[slot] < now {
            self.busy[slot] = until + Duration::from_millis(1);
            self.steps.extend([(now, stop(slot)), (until, go_on(slot))]);
        }
    }

    fn between(&mut self, now: Duration, fault: impl FnOnce(usize, usize) -> Fault) {
        let one = self.random.random_range(0..self.nodes);
        let other = (one + self.random.random_range(1..self.nodes)) % self.nodes;
        self.steps.push((now, fault(one, other)));
    }

    /// Two or three groups, some of which may turn out empty.
    fn groups(&mut self) -> Vec<Vec<usize>> {
        let mut groups = vec![Vec::new(); self.random.random_range(2..=3)];
        for slot in 0..self.nodes {
            let group = self.random.random_range(0..groups.len());
            groups[group].push(slot);
        }
        groups.retain(|group| !group.is_empty());
        groups
    }

    fn conditions(&mut self) -> LinkConditions {
        LinkConditions {
            delay: Duration::from_millis(self.random.random_range(2..=DELAY_MAX_MS)),
            jitter: Duration::from_millis(self.random.random_range(0..=JITTER_MAX_MS)),
            loss: LOSS_MAX * self.random.random::<f64>(),
            duplication: self.random.random::<f64>() / 2.0,
            reordering: self.random.random::<f64>() / 2.0,
        }
    }

    fn millis(&mut self, range: std::ops::Range<u64>) -> Duration {
        Duration::from_millis(self.random.random_range(range))
    }

    /// Everything is mended; in every third run one node is dead and stays so.
    fn finish(&mut self) {
        self.steps.extend([(QUIET_FROM, Fault::Heal), (QUIET_FROM, Fault::Calm)]);
        if self.random.random_range(0..3) == 0 {
            let slot = self.random.random_range(0..self.nodes);
            self.steps.push((QUIET_FROM, Fault::Kill(slot)));
        }
    }
}

#[test]
fn a_seed_means_one_schedule() {
    let kinds = |schedule: &Schedule| -> BTreeSet<String> {
        let texts = schedule.steps.iter().map(|(_, fault)| fault.to_string());
        texts.map(|text| text.split(' ').next().unwrap().to_owned()).collect()
    };
    let all: BTreeSet<String> = (0..50).flat_map(|seed| kinds(&Schedule::of(seed))).collect();
    let named = "calm cut freeze heal kill link partition reset restart stall thaw";
    assert_eq!(all.into_iter().collect::<Vec<_>>().join(" "), named);
    for seed in 0..50 {
        let schedule = Schedule::of(seed);
        assert_eq!(schedule, Schedule::of(seed));
        assert_ne!(schedule.steps, Schedule::of(seed + 4).steps);
        assert!(schedule.steps.is_sorted_by_key(|(at, _)| *at));
        assert!(schedule.steps.iter().all(|(at, _)| (FIRST_FAULT..=QUIET_FROM).contains(at)));
    }
}
