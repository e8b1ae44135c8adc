//! A live cluster: real threads and a real clock, of which no test asks for more than that it runs.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, SystemTime},
};

use arsenal_core::{
    context::NodeParts,
    membership::{Mode, Verdict},
    name::NodeName,
    registry::Registry,
};
use tokio::time::{Instant, sleep};

use super::*;
use crate::{node::NodeBuilder, process::Elsewhere};

/// How long anything may take, by the wall clock. It decides only over tests that fail.
const PATIENCE: Duration = Duration::from_mins(1);

fn simulations() -> Simulations {
    let make: MakeBuilder = Arc::new(|| NodeBuilder::new(Registry::default()));
    Simulations::new(Some(make), Arc::default())
}

async fn three() -> Arc<Simulation> {
    simulations().make(3, Some(1), SystemTime::UNIX_EPOCH).await.unwrap()
}

fn name(text: &str) -> NodeName {
    text.parse().unwrap()
}

async fn verdict(simulation: &Simulation, node: &str) -> Verdict {
    let judge = |parts: Arc<NodeParts>| async move { parts.cluster.view().quorum.verdict };
    simulation.run_on(Some(&name(node)), judge).await.unwrap().1.await.unwrap()
}

/// Steps the clock, which stands, until all nodes judge so.
async fn step_until(simulation: &Simulation, expected: [(&str, Verdict); 3]) {
    for _ in 0..60 {
        let mut judged = Vec::new();
        for (node, _) in expected {
            judged.push((node, verdict(simulation, node).await));
        }
        if judged == expected {
            return;
        }
        simulation.step(Duration::from_secs(1)).await.unwrap();
    }
    panic!("a minute has passed in vain until {expected:?}");
}

const WHOLE: [(&str, Verdict); 3] =
    [("a", Verdict::Whole), ("b", Verdict::Whole), ("c", Verdict::Whole)];

#[tokio::test]
async fn a_partition_is_rehearsed_step_by_step() {
    let simulation = three().await;
    simulation.pause().await.unwrap();
    step_until(&simulation, WHOLE).await;
    let groups = Split::Groups(vec![vec![name("a"), name("b")], vec![name("c")]]);
    let links = simulation.partition(&groups).await.unwrap();
    assert_eq!(links.iter().filter(|link| link.cut).count(), 4);
    let parted = [("a", Verdict::Majority), ("b", Verdict::Majority), ("c", Verdict::Minority)];
    step_until(&simulation, parted).await;
    assert!(simulation.heal().await.unwrap().is_empty());
    step_until(&simulation, WHOLE).await;
}

#[tokio::test]
async fn a_clock_that_stands_moves_by_steps_only() {
    let simulation = three().await;
    let error = simulation.step(Duration::from_secs(1)).await.unwrap_err();
    assert!(matches!(error, SimulationError::ClockRuns));
    let before = simulation.pause().await.unwrap();
    assert!(before.paused);
    let stepped = simulation.step(Duration::from_millis(1500)).await.unwrap();
    assert_eq!((stepped.passed_ms, stepped.clock.virtual_ms), (1500, before.virtual_ms + 1500));
    let stepped = simulation.step(Duration::from_hours(1)).await.unwrap();
    assert_eq!(stepped.passed_ms, STEP_MS_MAX);
    let status = simulation.status().await.unwrap();
    assert_eq!(status.clock.virtual_ms, stepped.clock.virtual_ms);
    let ticked = SystemTime::UNIX_EPOCH + Duration::from_millis(status.clock.virtual_ms);
    assert_eq!(status.clock.shows, humantime::format_rfc3339_millis(ticked).to_string());
}

#[tokio::test]
async fn a_clock_that_runs_follows_the_wall_clock_at_its_speed() {
    let simulation = three().await;
    simulation.set_speed(20.0).await.unwrap();
    let start = Instant::now();
    let status = loop {
        let status = simulation.status().await.unwrap();
        if status.clock.virtual_ms >= 3_000 {
            break status;
        }
        assert!(start.elapsed() < PATIENCE, "{status:?}");
        sleep(Duration::from_millis(10)).await;
    };
    let fastest = Duration::from_millis(status.age_ms).as_secs_f64() * 20.0;
    assert!(Duration::from_millis(status.clock.virtual_ms).as_secs_f64() <= fastest + 1.0);
}

#[tokio::test]
async fn what_needs_no_time_is_answered_while_the_clock_stands() {
    let simulation = three().await;
    simulation.pause().await.unwrap();
    assert_eq!(verdict(&simulation, "b").await, verdict(&simulation, "b").await);
    let waits = |_: Arc<NodeParts>| sleep(Duration::from_secs(2));
    let (node, waiting) = simulation.run_on(None, waits).await.unwrap();
    assert_eq!(node, name("a"));
    assert_eq!(simulation.obstacle(&node).await.unwrap(), Some(Obstacle::ClockStands));
    let (slept, stepped) = tokio::join!(waiting, simulation.step(Duration::from_secs(3)));
    slept.unwrap();
    stepped.unwrap();
}

#[tokio::test]
async fn nodes_fail_recover_freeze_and_thaw() {
    let simulation = three().await;
    let c = name("c");
    let states = async || {
        let nodes = simulation.status().await.unwrap().nodes.into_iter();
        nodes.map(|node| (node.state, node.generation)).collect::<Vec<_>>()
    };
    let running = (SimulatedState::Running, 1);
    for _ in 0..2 {
        assert_eq!(simulation.freeze(&c).await.unwrap().state, SimulatedState::Frozen);
    }
    assert_eq!(simulation.obstacle(&c).await.unwrap(), Some(Obstacle::Frozen));
    let error = simulation.recover(&c).await.unwrap_err();
    assert!(matches!(error, SimulationError::WrongState { state: SimulatedState::Frozen, .. }));
    let nothing = |_: Arc<NodeParts>| async {};
    let error = simulation.run_on(Some(&c), nothing).await.unwrap_err();
    assert!(matches!(error, SimulationError::Unavailable { .. }));
    for _ in 0..2 {
        assert_eq!(simulation.thaw(&c).await.unwrap().state, SimulatedState::Running);
    }
    let never = |_: Arc<NodeParts>| std::future::pending::<()>();
    let (_, waiting) = simulation.run_on(Some(&c), never).await.unwrap();
    for _ in 0..2 {
        assert_eq!(simulation.fail(&c).await.unwrap().state, SimulatedState::Failed);
    }
    waiting.await.unwrap_err();
    assert_eq!(states().await, [running, running, (SimulatedState::Failed, 1)]);
    simulation.thaw(&c).await.unwrap_err();
    simulation.freeze(&c).await.unwrap_err();
    for _ in 0..2 {
        assert_eq!(simulation.recover(&c).await.unwrap().generation, 2);
    }
    let error = simulation.fail(&name("d")).await.unwrap_err();
    assert!(matches!(error, SimulationError::UnknownNode { .. }));
    for node in ["a", "b", "c"] {
        simulation.fail(&name(node)).await.unwrap();
    }
    let error = simulation.run_on(None, nothing).await.unwrap_err();
    assert!(matches!(error, SimulationError::NobodyRuns));
}

#[tokio::test]
async fn links_behave_as_they_are_told_and_as_usual_again() {
    let simulation = three().await;
    let settings = LinkSettings { loss: Some(0.5), ..LinkSettings::default() };
    let (a, b) = (name("a"), name("b"));
    let links = simulation.set_links(Some((&a, &b)), settings).await.unwrap();
    let told: Vec<_> = links.iter().map(|link| (link.from.as_str(), link.to.as_str())).collect();
    assert_eq!(told, [("a", "b"), ("b", "a")]);
    assert!(links.iter().all(|link| (link.loss - 0.5).abs() < 1e-9 && !link.cut));
    assert_eq!(simulation.set_links(None, settings).await.unwrap().len(), 6);
    let one_way = Split::OneWay { from: vec![a.clone()], to: vec![b] };
    let links = simulation.partition(&one_way).await.unwrap();
    assert_eq!(links.iter().filter(|link| link.cut).count(), 1);
    simulation.heal().await.unwrap();
    assert!(simulation.set_links(None, LinkSettings::default()).await.unwrap().is_empty());
    simulation.set_links(Some((&a, &name("x"))), settings).await.unwrap_err();
}

#[tokio::test]
async fn a_node_has_one_simulation_at_most_and_addresses_it_when_told() {
    let simulations = simulations();
    let real = Addressed { mode: Mode::Cluster, entry: None };
    assert_eq!(simulations.addressed(), real);
    assert!(matches!(simulations.current().unwrap_err(), SimulationError::Absent));
    simulations.address_simulated(None).unwrap_err();
    let simulation = simulations.make(2, Some(7), SystemTime::UNIX_EPOCH).await.unwrap();
    assert_eq!(simulations.addressed(), real, "making one changes nothing");
    let error = simulations.make(2, Some(7), SystemTime::UNIX_EPOCH).await.unwrap_err();
    assert!(matches!(error, SimulationError::Exists));
    simulations.address_simulated(Some(name("c"))).unwrap_err();
    simulations.address_simulated(Some(name("b"))).unwrap();
    let b = Some(name("b"));
    assert_eq!(simulations.addressed(), Addressed { mode: Mode::Simulated, entry: b });
    let ended = simulations.end().await.unwrap();
    assert_eq!((ended.seed, ended.node_count), (7, 2));
    assert_eq!(simulations.addressed(), real);
    assert!(!simulations.is_simulated() && !simulation.is_alive());
    assert!(matches!(simulation.status().await.unwrap_err(), SimulationError::Ended));
    simulations.end().await.unwrap_err();
    simulations.make(1, Some(7), SystemTime::UNIX_EPOCH).await.unwrap();
}

#[tokio::test]
async fn actors_of_simulated_nodes_are_nobody_elses() {
    let elsewhere = Arc::<Elsewhere>::default();
    let make: MakeBuilder = Arc::new(|| NodeBuilder::new(Registry::default()));
    let simulations = Simulations::new(Some(make), Arc::clone(&elsewhere));
    simulations.make(3, Some(1), SystemTime::UNIX_EPOCH).await.unwrap();
    assert_eq!(elsewhere.locals().len(), 3, "their roots");
    simulations.current().unwrap().fail(&name("b")).await.unwrap();
    assert_eq!(elsewhere.locals().len(), 2);
    simulations.end().await.unwrap();
    assert!(elsewhere.locals().is_empty());
}

#[tokio::test]
async fn a_simulation_that_ends_late_takes_nothing_from_the_next() {
    let elsewhere = Arc::<Elsewhere>::default();
    let make: MakeBuilder = Arc::new(|| NodeBuilder::new(Registry::default()));
    let start = async |node_count| {
        let (make, elsewhere) = (Arc::clone(&make), Arc::clone(&elsewhere));
        let now = SystemTime::UNIX_EPOCH;
        Simulation::start(SimulationPlan { node_count, seed: 1, now, make, elsewhere }).await
    };
    let (first, second) = (start(3).await.unwrap(), start(2).await.unwrap());
    assert_eq!(elsewhere.locals().len(), 5);
    first.end().await;
    assert_eq!(elsewhere.locals().len(), 2);
    second.end().await;
    assert!(elsewhere.locals().is_empty());
}

#[tokio::test]
async fn none_is_made_or_addressed_while_one_is_still_ending() {
    let simulations = simulations();
    let simulation = simulations.make(1, Some(1), SystemTime::UNIX_EPOCH).await.unwrap();
    let (release, released) = std::sync::mpsc::channel::<()>();
    let (begins, begun) = tokio::sync::oneshot::channel();
    let blocks = move |_: Arc<NodeParts>| async move {
        begins.send(()).unwrap();
        released.recv().unwrap();
    };
    let _done = simulation.run_on(None, blocks).await.unwrap();
    begun.await.unwrap();
    simulations.address_simulated(None).unwrap();
    {
        let mut ending = std::pin::pin!(simulations.end());
        assert!(futures_util::poll!(&mut ending).is_pending());
        // Who asked for the end gives up.
    }
    assert!(!simulations.is_simulated());
    assert!(matches!(simulations.current().unwrap_err(), SimulationError::Absent));
    simulations.address_simulated(None).unwrap_err();
    let error = simulations.make(1, Some(1), SystemTime::UNIX_EPOCH).await.unwrap_err();
    assert!(matches!(error, SimulationError::Exists));
    release.send(()).unwrap();
    simulations.end().await.unwrap();
    simulations.make(1, Some(1), SystemTime::UNIX_EPOCH).await.unwrap();
}

#[tokio::test]
async fn code_that_blocks_the_thread_is_told_and_is_not_waited_for() {
    let simulation = three().await;
    let (release, released) = std::sync::mpsc::channel::<()>();
    let (begins, begun) = tokio::sync::oneshot::channel();
    let blocks = move |_: Arc<NodeParts>| async move {
        begins.send(()).unwrap();
        released.recv().unwrap();
    };
    let (_, done) = simulation.run_on(None, blocks).await.unwrap();
    begun.await.unwrap();
    // From here on nothing waits for the wall clock.
    tokio::time::pause();
    assert!(matches!(simulation.status().await.unwrap_err(), SimulationError::Stuck));
    release.send(()).unwrap();
    tokio::time::resume();
    done.await.unwrap();
    simulation.status().await.unwrap();
}

#[tokio::test]
async fn each_start_of_a_node_makes_its_own_states() {
    let made = Arc::<AtomicUsize>::default();
    let counted = Arc::clone(&made);
    let make: MakeBuilder = Arc::new(move || {
        let counted = Arc::clone(&counted);
        NodeBuilder::new(Registry::default())
            .state(move |_| counted.fetch_add(1, Ordering::Relaxed))
    });
    let simulations = Simulations::new(Some(make), Arc::default());
    let simulation = simulations.make(2, None, SystemTime::UNIX_EPOCH).await.unwrap();
    let state = |parts: Arc<NodeParts>| async move { *parts.services.get::<usize>().unwrap() };
    for (node, expected) in [("a", 0), ("b", 1)] {
        let (_, state) = simulation.run_on(Some(&name(node)), state).await.unwrap();
        assert_eq!(state.await.unwrap(), expected);
    }
    simulation.fail(&name("a")).await.unwrap();
    simulation.recover(&name("a")).await.unwrap();
    assert_eq!(made.load(Ordering::Relaxed), 3);
}

#[tokio::test]
async fn a_program_without_simulated_nodes_says_so() {
    let simulations = Simulations::new(None, Arc::default());
    let error = simulations.make(3, Some(1), SystemTime::UNIX_EPOCH).await.unwrap_err();
    assert!(matches!(error, SimulationError::Unsupported));
}
