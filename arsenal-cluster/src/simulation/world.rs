//! Several nodes in one process, on virtual time.
//!
//! Each node is a current-thread runtime of its own with a paused clock. The world gives them turns: it
//! delivers what is due, and lets the node run until the end of the turn. No turn is longer than the
//! shortest way between two nodes, so nothing arrives in the past. Neither the node nor the code on
//! it knows: kill is dropping the runtime, freeze is leaving out its turns.
//!
//! Only one turn runs at a time, so with seeded randomness a world is reproducible.

use std::{fmt, net::SocketAddr, sync::Arc, time::Duration};

use arsenal_core::name::NodeName;
use rand::{RngExt as _, SeedableRng as _, rngs::SmallRng};
use tokio::{runtime::Runtime, time::advance};
use tracing::Span;

use super::fault::Links;
use crate::{
    instrument::{self, Home},
    network::{
        Network as _, PeerId,
        sim::{DELAY_MIN, LinkConditions, SimNetwork, Traffic, Wires},
    },
};

/// How long a turn is.
pub const TURN: Duration = DELAY_MIN;

/// A world of nodes `T`: whatever is started on the network of a node.
pub struct World<T> {
    wires: Wires,
    now: Duration,
    slots: Vec<Slot<T>>,
    /// In which order nodes get their turns.
    order: SmallRng,
}

/// The place of one node, with its name and its address.
struct Slot<T> {
    name: NodeName,
    address: SocketAddr,
    generation: u64,
    running: Option<Running<T>>,
}

struct Running<T> {
    /// Before the runtime: it is dropped first, with its sink silenced.
    node: Option<T>,
    network: Arc<SimNetwork>,
    runtime: Runtime,
    /// What its log lines are told apart by.
    span: Span,
    /// What its actors are told apart by.
    home: Home,
    /// For how long the node has had no turn.
    frozen_for: Option<Duration>,
}

impl<T> Running<T> {
    fn block_on(&self, work: impl Future<Output = ()>) {
        let _at_home = self.home.enter();
        self.span.in_scope(|| self.runtime.block_on(work));
    }
}

impl<T> World<T> {
    /// An empty world. All its randomness comes from the seed.
    pub fn new(seed: u64, usual: LinkConditions) -> Self {
        let wires = Wires::new(seed, usual);
        Self {
            wires,
            now: Duration::ZERO,
            slots: Vec::new(),
            order: SmallRng::seed_from_u64(!seed),
        }
    }

    /// A place for a node. It does not run yet.
    pub fn add(&mut self, name: NodeName) -> usize {
        let address = address(self.slots.len());
        self.slots.push(Slot { name, address, generation: 0, running: None });
        self.wires.add(address)
    }

    /// Starts a node that does not run, as the next generation. `start` runs inside its runtime.
    ///
    /// # Errors
    ///
    /// What `start` gives, or that there is no runtime to be had. The node does not run then.
    pub fn start<E: From<std::io::Error>>(
        &mut self,
        slot: usize,
        start: impl AsyncFnOnce(Arc<SimNetwork>) -> Result<T, E>,
    ) -> Result<(), E> {
        let now = self.now;
        let generation = self.next_generation(slot);
        let Some(place) = self.slots.get_mut(slot).filter(|place| place.running.is_none()) else {
            return Ok(());
        };
        place.generation = generation;
        let id = PeerId { name: place.name.clone(), generation: place.generation };
        let runtime = runtime()?;
        let span = tracing::info_span!("simulated", node = %id);
        let home = Home::simulated();
        let _at_home = home.enter();
        let (address, wires) = (place.address, &self.wires);
        let (network, node) = span.in_scope(|| {
            runtime.block_on(async {
                let network = Arc::new(wires.network(slot, id, address, now));
                let node = start(Arc::clone(&network)).await;
                (network, node)
            })
        });
        if node.is_err() {
            instrument::forget(home);
        }
        let node = Some(node?);
        place.running = Some(Running { node, network, runtime, span, home, frozen_for: None });
        Ok(())
    }

    /// Later than every start of a node with the same name, also at another place.
    fn next_generation(&self, slot: usize) -> u64 {
        let name = self.name(slot);
        let same = self.slots.iter().filter(|place| Some(&place.name) == name);
        same.map(|place| place.generation).max().unwrap_or_default() + 1
    }

    /// Ends a node as `kill -9` does: nothing of it runs again, its kernel closes its connections.
    pub fn kill(&mut self, slot: usize) {
        let now = self.now;
        let Some(running) = self.slots.get_mut(slot).and_then(|place| place.running.take()) else {
            return;
        };
        // First: what destructors say while the runtime is dropped reaches nobody.
        self.wires.killed(slot, &running.network, now);
        let Running { node, network, runtime, home, .. } = running;
        let at_home = home.enter();
        let entered = runtime.enter();
        drop(node);
        drop(entered);
        drop(runtime);
        drop(network);
        drop(at_home);
        instrument::forget(home);
    }

    /// Nothing of a node goes on, and its connections stay.
    pub fn freeze(&mut self, slot: usize) {
        if let Some(running) = self.running_mut(slot) {
            running.frozen_for.get_or_insert(Duration::ZERO);
        }
    }

    /// A frozen node goes on. First its clock jumps, and every timer that came due fires; then it
    /// reads what has come.
    pub fn thaw(&mut self, slot: usize) {
        if let Some(running) = self.running_mut(slot)
            && let Some(gap) = running.frozen_for.take()
        {
            running.block_on(advance(gap));
        }
    }

    /// Breaks the path between two nodes, as something on the way does that resets connections: both
    /// ends hear of it as far as the link works.
    pub fn reset(&self, slot: usize, other: usize) {
        let Some(name) = self.name(other).cloned() else { return };
        if let Some(running) = self.running(slot) {
            let _entered = running.runtime.enter();
            running.network.reset(&PeerId { name, generation: self.generation(other) });
        }
    }

    /// Lets time pass for all nodes.
    pub fn run(&mut self, time: Duration) {
        let end = self.now + time;
        while self.now < end {
            let until = (self.now + TURN).min(end);
            self.turn(until);
        }
    }

    /// One turn for each node.
    fn turn(&mut self, until: Duration) {
        let (now, count) = (self.now, self.slots.len());
        let first = if count > 0 { self.order.random_range(0..count) } else { 0 };
        for slot in (first..count).chain(0..first) {
            let Some(place) = self.slots.get_mut(slot) else { continue };
            match &mut place.running {
                None => self.wires.turn_away(slot, until),
                Some(Running { frozen_for: Some(frozen_for), .. }) => {
                    self.wires.hold(slot, until);
                    *frozen_for += until.saturating_sub(now);
                }
                Some(running) => {
                    let delivery = self.wires.due(slot, &running.network, until);
                    running.block_on(delivery.deliver(until));
                }
            }
        }
        self.now = until;
    }

    /// Lets every node do what it can do without time passing.
    pub fn settle(&mut self) {
        for place in &self.slots {
            if let Some(running) = &place.running
                && running.frozen_for.is_none()
            {
                running.block_on(async {
                    for _ in 0..SETTLING_YIELDS {
                        tokio::task::yield_now().await;
                    }
                });
            }
        }
    }

    /// The time since the world began.
    pub const fn now(&self) -> Duration {
        self.now
    }

    /// The wire between the nodes.
    pub const fn wires(&self) -> &Wires {
        &self.wires
    }

    /// What connects the nodes, to be broken and mended.
    pub fn links(&self) -> Links<'_> {
        Links { wires: &self.wires, now: self.now, count: self.slots.len() }
    }

    /// What went over the wire so far.
    pub fn traffic(&self) -> Traffic {
        self.wires.traffic()
    }

    /// A node that runs.
    pub fn node(&self, slot: usize) -> Option<&T> {
        self.running(slot)?.node.as_ref()
    }

    /// The runtime of a node that runs: what is spawned there runs in its turns.
    pub fn runtime(&self, slot: usize) -> Option<&tokio::runtime::Handle> {
        Some(self.running(slot)?.runtime.handle())
    }

    /// Whether a node runs; a frozen one does.
    pub fn is_running(&self, slot: usize) -> bool {
        self.running(slot).is_some()
    }

    /// Whether a node runs, but gets no turns.
    pub fn is_frozen(&self, slot: usize) -> bool {
        self.running(slot).is_some_and(|running| running.frozen_for.is_some())
    }

    /// How many places there are.
    pub fn len(&self) -> usize {
        self.slots.len()
    }

    /// Whether there is no place.
    pub fn is_empty(&self) -> bool {
        self.slots.is_empty()
    }

    /// The name of a place.
    pub fn name(&self, slot: usize) -> Option<&NodeName> {
        self.slots.get(slot).map(|place| &place.name)
    }

    /// Where a node is reached in this world.
    pub fn address(&self, slot: usize) -> Option<SocketAddr> {
        self.slots.get(slot).map(|place| place.address)
    }

    /// The generation that runs, or ran last; zero before the first start.
    pub fn generation(&self, slot: usize) -> u64 {
        self.slots.get(slot).map_or(0, |place| place.generation)
    }

    fn running(&self, slot: usize) -> Option<&Running<T>> {
        self.slots.get(slot)?.running.as_ref()
    }

    fn running_mut(&mut self, slot: usize) -> Option<&mut Running<T>> {
        self.slots.get_mut(slot)?.running.as_mut()
    }
}

impl<T> Drop for World<T> {
    fn drop(&mut self) {
        for slot in 0..self.slots.len() {
            self.kill(slot);
        }
    }
}

impl<T> fmt::Debug for World<T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("World")
            .field("now", &self.now)
            .field("nodes", &self.slots.len())
            .finish_non_exhaustive()
    }
}

/// How often the tasks of a node are looked at while no time passes: what one wakes, another may wait
/// for.
const SETTLING_YIELDS: usize = 64;

fn runtime() -> std::io::Result<Runtime> {
    tokio::runtime::Builder::new_current_thread().enable_all().start_paused(true).build()
}

/// The address of a place: `10.77.x.y:7000`, which nothing outside of the world ever dials.
fn address(slot: usize) -> SocketAddr {
    let [.., high, low] = (slot + 1).to_be_bytes();
    ([10, 77, high, low], 7000).into()
}
