//! Actors of this process of the operating system that are not a real node's: those of simulated nodes.

use std::{
    collections::{BTreeMap, BTreeSet},
    iter::successors,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use ractor::{ActorCell, ActorId};

/// The roots of simulated nodes. Whatever is below them belongs to those nodes; what they start below
/// nobody cannot be told from what the real node does.
#[derive(Debug, Default)]
pub struct Elsewhere(Mutex<Claims>);

/// The roots by simulation: one that ends late takes nothing from the next.
#[derive(Debug, Default)]
struct Claims {
    next: u64,
    roots: BTreeMap<u64, Vec<ActorCell>>,
}

/// The roots of one simulation, until it is dropped.
#[derive(Debug)]
pub(crate) struct Roots {
    elsewhere: Arc<Elsewhere>,
    claim: u64,
}

impl Elsewhere {
    /// For one more simulation.
    pub(crate) fn claim(self: &Arc<Self>) -> Roots {
        let mut claims = self.claims();
        let claim = claims.next;
        claims.next += 1;
        Roots { elsewhere: Arc::clone(self), claim }
    }

    /// The local numbers of all actors that are there.
    pub(crate) fn locals(&self) -> BTreeSet<u64> {
        let roots = self.claims().roots.values().flatten().cloned().collect();
        below(roots).iter().map(|cell| cell.get_id().pid()).collect()
    }

    /// Whether this holds of the id of any root.
    pub(super) fn any_root(&self, holds: impl Fn(ActorId) -> bool) -> bool {
        self.claims().roots.values().flatten().any(|root| holds(root.get_id()))
    }

    fn claims(&self) -> MutexGuard<'_, Claims> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Roots {
    /// All roots that the simulation has now.
    pub(crate) fn set(&self, roots: Vec<ActorCell>) {
        self.elsewhere.claims().roots.insert(self.claim, roots);
    }
}

impl Drop for Roots {
    fn drop(&mut self) {
        self.elsewhere.claims().roots.remove(&self.claim);
    }
}

/// These actors and all below them, each once: actors may supervise each other in a circle.
pub(super) fn below(roots: Vec<ActorCell>) -> Vec<ActorCell> {
    let mut seen: BTreeSet<ActorId> = roots.iter().map(ActorCell::get_id).collect();
    let mut cells = roots;
    let mut next = 0;
    while let Some(cell) = cells.get(next) {
        let children = cell.get_children().into_iter();
        cells.extend(children.filter(|child| seen.insert(child.get_id())));
        next += 1;
    }
    cells
}

/// What supervises an actor, what supervises that, and so on, each once.
pub(super) fn above(cell: &ActorCell) -> impl Iterator<Item = ActorCell> {
    let mut seen = BTreeSet::from([cell.get_id()]);
    successors(cell.try_get_supervisor(), ActorCell::try_get_supervisor)
        .take_while(move |above| seen.insert(above.get_id()))
}
