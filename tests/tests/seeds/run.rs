//! One run: the nodes, their clients and the faults of a seed.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, SystemTime},
};

use arsenal_cluster::{
    membership::Change,
    network::sim::{LinkConditions, Traffic},
    node::{Node, NodeBuilder},
    simulation::{Place, SimulatedCluster},
};
use arsenal_core::{
    http,
    membership::{Cluster as _, Member},
    name::NodeName,
    registry::Registry,
};
use axum::Router;

use super::{
    clients::{Clients, Entry, Requests},
    fault::{Fault, letter},
    history::{Answer, History, Request, Run, Sample},
    operations::{Ledger, NodeClock},
    schedule::{RUN, Schedule},
    truth::Truth,
};

/// How often nodes are looked at, and clients ask.
const TICK: Duration = Duration::from_millis(100);

/// When the world began, by the clocks of its nodes.
const BEGAN_AT_S: u64 = 1_764_288_000;

/// What a run left behind.
#[derive(Debug)]
pub(crate) struct Outcome {
    pub(crate) history: History,
    /// What happened, in order.
    pub(crate) log: Vec<(Duration, String)>,
    pub(crate) traffic: Traffic,
}

/// Runs a seed to its end, on this thread.
pub(crate) fn run(seed: u64, panics: &Mutex<Vec<String>>) -> Outcome {
    let schedule = Schedule::of(seed);
    let mut running = Running::new(seed, schedule.nodes);
    for (at, fault) in schedule.steps {
        running.go_on_until(at);
        running.break_or_mend(&fault);
    }
    running.go_on_until(RUN);
    running.end(panics)
}

struct Running {
    cluster: SimulatedCluster,
    clients: Clients,
    /// What is needed to ask each node: made at each start.
    entries: Vec<Option<(Router, NodeClock)>>,
    /// How many events of each node were read.
    events_read: Vec<u64>,
    requests: Requests,
    runs: Arc<Mutex<Vec<Run>>>,
    /// The time of the world, for nodes that start.
    now: Arc<Mutex<Duration>>,
    history: History,
    log: Vec<(Duration, String)>,
}

impl Running {
    fn new(seed: u64, nodes: usize) -> Self {
        let runs = Arc::<Mutex<Vec<Run>>>::default();
        let now = Arc::<Mutex<Duration>>::default();
        let make = maker(nodes, &runs, &now);
        let began_at = SystemTime::UNIX_EPOCH + Duration::from_secs(BEGAN_AT_S);
        let usual = LinkConditions::default();
        let mut cluster = SimulatedCluster::new(seed, usual, began_at, make);
        let history = History {
            truth: Truth::new(nodes),
            samples: Vec::new(),
            runs: Vec::new(),
            requests: BTreeMap::new(),
            breakdowns: Vec::new(),
        };
        for slot in 0..nodes {
            cluster.add(name(slot));
        }
        let mut running = Self {
            cluster,
            clients: Clients::new(seed, nodes),
            entries: vec![None; nodes],
            events_read: vec![0; nodes],
            requests: Requests::default(),
            runs,
            now,
            history,
            log: Vec::new(),
        };
        for slot in 0..nodes {
            running.cluster.start(slot).expect("a good node");
            running.open(slot);
        }
        running
    }

    fn break_or_mend(&mut self, fault: &Fault) {
        self.look();
        let now = self.cluster.world().now();
        *locked(&self.now) = now;
        fault.bring_about(&mut self.cluster);
        self.history.truth.add(now, fault);
        self.log.push((now, format!("*** {fault}")));
        if let Fault::Restart(slot) = fault {
            self.open(*slot);
        }
    }

    /// Prepares to ask a node that has just started.
    fn open(&mut self, slot: usize) {
        let world = self.cluster.world();
        let (node, runtime) = (world.node(slot), world.runtime(slot));
        let (node, runtime) = (node.expect("it runs"), runtime.expect("it runs"));
        let _entered = runtime.enter();
        let router = http::router(Arc::clone(node.parts()));
        self.entries[slot] = Some((router, NodeClock::set(world.now())));
        self.events_read[slot] = 0;
    }

    /// Lets time pass; at every tick a client asks, and the nodes are looked at.
    fn go_on_until(&mut self, until: Duration) {
        loop {
            let now = self.cluster.world().now();
            if now >= until {
                return;
            }
            let past_tick = Duration::from_nanos_u128(now.as_nanos() % TICK.as_nanos());
            if past_tick.is_zero() {
                self.look();
                self.ask();
            }
            let to_tick = TICK.saturating_sub(past_tick);
            self.cluster.world_mut().run(to_tick.min(until.saturating_sub(now)));
        }
    }

    fn ask(&mut self) {
        let asked = self.clients.think();
        let slot = asked.slot;
        // Who does not run, or does not read, is not asked: nothing of Arsenal's would see it.
        if !self.history.truth.last().is_awake(slot) {
            return;
        }
        let Some((router, clock)) = self.entries[slot].clone() else { return };
        let entry = Entry { router, clock, generation: self.cluster.world().generation(slot) };
        let requests = Arc::clone(&self.requests);
        // Whoever asks does not wait: the answer is noted when it comes.
        drop(self.cluster.begin(slot, |_| asked.ask(entry, requests)));
    }

    /// Notes what is new, and what each node that is awake thinks now.
    fn look(&mut self) {
        let now = self.cluster.world().now();
        for slot in 0..self.cluster.world().len() {
            self.read_events(slot, now);
            if self.history.truth.last().is_awake(slot) {
                self.history.samples.extend(sample(&self.cluster, slot));
            }
        }
    }

    fn read_events(&mut self, slot: usize, now: Duration) {
        let Some(node) = self.cluster.world().node(slot) else { return };
        for event in node.runtime().events().after(self.events_read[slot]) {
            self.events_read[slot] = event.number;
            let generation = self.cluster.world().generation(slot);
            let text = serde_json::to_string(&event.change).expect("it has only text keys");
            let line = format!("{}#{generation} {text}", letter(slot));
            if matches!(event.change, Change::GossipRestarted { .. } | Change::BeatRestarted { .. })
            {
                self.history.breakdowns.push((now, line.clone()));
            }
            self.log.push((now, line));
        }
    }

    fn end(mut self, panics: &Mutex<Vec<String>>) -> Outcome {
        self.look();
        let now = self.cluster.world().now();
        let traffic = self.cluster.world().traffic();
        drop(self.cluster);
        let mut history = self.history;
        history.runs = std::mem::take(&mut *locked(&self.runs));
        history.requests = std::mem::take(&mut *locked(&self.requests));
        history.breakdowns.extend(locked(panics).drain(..).map(|panic| (now, panic)));
        let mut log = self.log;
        log.extend(history.runs.iter().map(|run| (run.at, run.to_string())));
        for (number, request) in &history.requests {
            let answer = request.answer.as_ref();
            log.extend(answer.map(|answer| (answer.at, answered(*number, request, answer))));
        }
        log.sort_by_key(|(at, _)| *at);
        Outcome { history, log, traffic }
    }
}

fn answered(number: u64, request: &Request, answer: &Answer) -> String {
    let Answer { status, code, ran, is_stale, .. } = answer;
    let (node, question) = (letter(request.slot), request.question);
    let stale = if *is_stale == Some(true) { "stale " } else { "" };
    format!("{node} answers {number} {question:?}: {status} {stale}{code} {ran:?}")
}

/// Every node joins all others, and all are voters.
fn maker(
    nodes: usize,
    runs: &Arc<Mutex<Vec<Run>>>,
    now: &Arc<Mutex<Duration>>,
) -> arsenal_cluster::simulation::MakeNode {
    let (runs, now) = (Arc::clone(runs), Arc::clone(now));
    Box::new(move |place: &Place<'_>| {
        let (slot, runs, now) = (place.slot, Arc::clone(&runs), *locked(&now));
        NodeBuilder::new(Registry::from_linked().expect("a good catalogue"))
            .join(place.addresses.iter().copied())
            .voters((0..nodes).map(name))
            .state(move |_| Ledger { slot, clock: NodeClock::set(now), runs })
    })
}

fn sample(cluster: &SimulatedCluster, slot: usize) -> Option<Sample> {
    let world = cluster.world();
    let node: &Node = world.node(slot)?;
    // The lease of a verdict is judged by the clock of the node.
    let _entered = world.runtime(slot)?.enter();
    let view = node.runtime().view();
    let others = view.members.iter().filter(|member| member.name != view.me);
    let listed =
        |member: &Member| Some((slot_of(&member.name)?, (member.status, member.generation)));
    Some(Sample {
        at: world.now(),
        slot,
        generation: world.generation(slot),
        verdict: view.quorum.verdict,
        others: others.filter_map(listed).collect(),
        electorate: node.runtime().electorate(),
    })
}

fn name(slot: usize) -> NodeName {
    letter(slot).to_string().parse().expect("a good name")
}

fn slot_of(name: &NodeName) -> Option<usize> {
    let [letter] = *name.as_str().as_bytes() else { return None };
    letter.checked_sub(b'a').map(usize::from)
}

fn locked<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
