//! Plays scenarios on a stage.

use std::{
    any::Any,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
};

use crate::{
    detection::Figure,
    list::{Needs, Scenario},
    real::{Real, has_delays, why_there_are_none},
    scene::{Scene, Shown},
    simulated::Simulated,
    stage::{Plan, Stage},
};

/// How many clusters of processes run at a time.
const REAL_AT_ONCE: usize = 2;

/// What became of a scenario on a stage.
#[derive(Debug)]
pub(crate) enum Outcome {
    /// All its checks held.
    Passed(&'static str, Shown),
    /// The first check that did not.
    Failed(&'static str, String),
    /// The stage cannot do what the scenario needs.
    Skipped(&'static str, String),
}

impl Outcome {
    pub(crate) fn figures(&self) -> &[Figure] {
        match self {
            Self::Passed(_, shown) => &shown.figures,
            Self::Failed(..) | Self::Skipped(..) => &[],
        }
    }

    pub(crate) fn failure(&self) -> Option<String> {
        match self {
            Self::Failed(name, why) => Some(format!("{name}: {why}")),
            Self::Passed(..) | Self::Skipped(..) => None,
        }
    }
}

/// On the simulated world, one after the other: a world has one thread.
pub(crate) fn simulated(scenarios: &[Scenario]) -> Vec<Outcome> {
    let stage = |plans: &[Plan]| Simulated::new(plans);
    chosen(scenarios).iter().map(|scenario| play(scenario, stage)).collect()
}

/// On real processes, two clusters at a time.
pub(crate) fn real(scenarios: &[Scenario]) -> Vec<Outcome> {
    let scenarios = chosen(scenarios);
    let no_cuts = why_there_are_none();
    let no_delays = no_cuts.clone().or_else(why_nothing_is_slow);
    let next = AtomicUsize::new(0);
    let outcomes = Mutex::new(Vec::new());
    let work = || {
        while let Some(scenario) = {
            let index = next.fetch_add(1, Ordering::Relaxed);
            scenarios.get(index).map(|scenario| (index, scenario))
        } {
            let (index, scenario) = scenario;
            let why_not = match scenario.needs {
                Needs::Nothing => &None,
                Needs::Cuts => &no_cuts,
                Needs::Delays => &no_delays,
            };
            let outcome = match why_not {
                Some(why) => Outcome::Skipped(scenario.name, why.clone()),
                None => play(scenario, |plans| Real::new(plans, no_cuts.is_none())),
            };
            outcomes.lock().unwrap_or_else(PoisonError::into_inner).push((index, outcome));
        }
    };
    thread::scope(|scope| {
        for _ in 0..REAL_AT_ONCE {
            scope.spawn(work);
        }
    });
    let mut outcomes = outcomes.into_inner().unwrap_or_else(PoisonError::into_inner);
    outcomes.sort_unstable_by_key(|(index, _)| *index);
    outcomes.into_iter().map(|(_, outcome)| outcome).collect()
}

fn why_nothing_is_slow() -> Option<String> {
    (!has_delays()).then(|| String::from("this kernel has no netem, which delays packets"))
}

/// Plays one. A check that fails ends the scenario and all that it has started.
fn play<S: Stage>(scenario: &Scenario, stage: impl FnOnce(&[Plan]) -> S) -> Outcome {
    let played = catch_unwind(AssertUnwindSafe(|| {
        let plans = (scenario.nodes)();
        let mut stage = stage(&plans);
        let mut scene = Scene::new(&mut stage, &plans);
        (scenario.play)(&mut scene);
        scene.shown()
    }));
    match played {
        Ok(shown) => Outcome::Passed(scenario.name, shown),
        Err(panic) => Outcome::Failed(scenario.name, message(panic.as_ref())),
    }
}

fn message(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("a panic").to_owned()
}

/// Those that the environment asks for; all where it asks for none.
fn chosen(scenarios: &[Scenario]) -> Vec<Scenario> {
    let part = std::env::var("ARSENAL_SCENARIO").unwrap_or_default();
    scenarios.iter().filter(|scenario| scenario.name.contains(&part)).copied().collect()
}
