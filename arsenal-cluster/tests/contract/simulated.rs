//! The simulated world of the checks. They run as a task of node `a`, on virtual time.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use arsenal_cluster::{
    network::{DialError, Down, Network as _, PeerId, WantedPeer, sim::LinkConditions},
    simulation,
};

use super::{
    node::{Event, TestNode},
    world::{SOON, World},
};

/// How long one check may take, on virtual time.
const CHECK_MAX: Duration = Duration::from_mins(5);

/// The places of the two nodes.
const A: usize = 0;
const B: usize = 1;

type Nodes = simulation::World<Arc<TestNode>>;

/// A fault that a check asked for. The world brings it about after the turn.
#[derive(Clone, Copy)]
enum Fault {
    Freeze,
    Thaw,
    Kill,
    Restart,
    Cut,
    Heal,
}

pub(crate) struct Simulated {
    a: Arc<TestNode>,
    b: PeerId,
    faults: Arc<Mutex<Vec<Fault>>>,
}

/// Runs a check on a new world.
pub(crate) fn check<F>(check: impl FnOnce(Simulated) -> F)
where
    F: Future<Output = ()> + Send + 'static,
{
    let mut nodes = Nodes::new(1, LinkConditions::default());
    for name in ["a", "b"] {
        nodes.add(name.parse().unwrap());
    }
    start(&mut nodes, A);
    start(&mut nodes, B);
    let faults = Arc::<Mutex<Vec<Fault>>>::default();
    let simulated = Simulated {
        a: Arc::clone(nodes.node(A).unwrap()),
        b: PeerId { name: "b".parse().unwrap(), generation: 1 },
        faults: Arc::clone(&faults),
    };
    let checking = nodes.runtime(A).unwrap().spawn(check(simulated));
    while !checking.is_finished() {
        assert!(nodes.now() < CHECK_MAX, "the check takes too long");
        nodes.run(simulation::TURN);
        for fault in std::mem::take(&mut *faults.lock().unwrap()) {
            match fault {
                Fault::Freeze => nodes.freeze(B),
                Fault::Thaw => nodes.thaw(B),
                Fault::Kill => nodes.kill(B),
                Fault::Restart => start(&mut nodes, B),
                Fault::Cut => nodes.links().cut(&[A], &[B]),
                Fault::Heal => nodes.links().heal(),
            }
        }
    }
    // It has ended, so that nothing is waited for.
    futures_util::FutureExt::now_or_never(checking).unwrap().unwrap();
}

fn start(nodes: &mut Nodes, slot: usize) {
    let wanted = WantedPeer { address: nodes.address(A).unwrap(), id: None };
    let started = nodes.start(slot, async |network| {
        let node = TestNode::start(network);
        if slot != A {
            node.network_want(vec![wanted]);
        }
        Ok::<_, std::io::Error>(Arc::new(node))
    });
    started.unwrap();
}

/// Two starts of `b` at two places: the one that lives keeps its name, and the other one knows why it is
/// refused; when the first is silent, the second takes its place.
pub(crate) fn twins() {
    let mut nodes = Nodes::new(1, LinkConditions::default());
    for name in ["a", "b", "b"] {
        nodes.add(name.parse().unwrap());
    }
    let (older, newer): (PeerId, PeerId) = ("b#1".parse().unwrap(), "b#2".parse().unwrap());
    let twin = 2;
    start(&mut nodes, A);
    start(&mut nodes, B);
    run_until(&mut nodes, A, &Event::Up(older.clone()));
    start(&mut nodes, twin);
    run_until(&mut nodes, A, &Event::Refused(newer.clone(), older.clone()));
    run_until(&mut nodes, twin, &Event::NameHeld(older.clone()));
    let attempts = nodes.node(twin).unwrap().network.attempts();
    assert_eq!(attempts.len(), 1);
    assert_eq!(attempts[0].reason, DialError::NameHeld(older.clone()));
    assert!(!nodes.node(A).unwrap().log.events().contains(&Event::Up(newer.clone())));
    nodes.freeze(B);
    run_until(&mut nodes, A, &Event::Up(newer));
    assert!(nodes.node(A).unwrap().log.events().contains(&Event::Down(older, Down::Reset)));
    assert_eq!(nodes.node(A).unwrap().network.violations(), Vec::<String>::new());
}

fn run_until(nodes: &mut Nodes, slot: usize, event: &Event) {
    let end = nodes.now() + SOON * 2;
    while !nodes.node(slot).unwrap().log.events().contains(event) {
        assert!(nodes.now() < end, "no {event:?}");
        nodes.run(simulation::TURN);
    }
}

/// Behind a link that is cut nothing answers a dial, not even a kernel.
pub(crate) async fn cut_off(world: &mut Simulated) {
    world.ask_for(Fault::Cut);
    world.a.log.wait(&Event::Down(world.b.clone(), Down::Reset), 1, SOON).await;
    world.attempt(&DialError::ConnectTimedOut, SOON).await;
    world.ask_for(Fault::Heal);
    world.a.log.wait(&Event::Up(world.b.clone()), 2, SOON).await;
    assert_eq!(world.a.network.attempts(), []);
}

impl World for Simulated {
    fn a(&self) -> &TestNode {
        &self.a
    }
    fn b(&self) -> &PeerId {
        &self.b
    }
    fn wanted_b(&self) -> WantedPeer {
        WantedPeer { address: ([10, 77, 0, 2], 7000).into(), id: None }
    }
    fn freeze_b(&mut self) {
        self.ask_for(Fault::Freeze);
    }
    fn thaw_b(&mut self) {
        self.ask_for(Fault::Thaw);
    }
    fn kill_b(&mut self) {
        self.ask_for(Fault::Kill);
    }
    fn restart_b(&mut self) {
        self.b.generation += 1;
        self.ask_for(Fault::Restart);
    }
}

impl Simulated {
    fn ask_for(&self, fault: Fault) {
        self.faults.lock().unwrap().push(fault);
    }
}
