//! Actors of this process of the operating system that are not a real node's: those of simulated nodes.

use std::{
    collections::BTreeSet,
    sync::{Mutex, PoisonError},
};

use ractor::ActorCell;

/// The roots of simulated nodes. Whatever is below them belongs to those nodes; what they start below
/// nobody cannot be told from what the real node does.
#[derive(Debug, Default)]
pub struct Elsewhere(Mutex<Vec<ActorCell>>);

impl Elsewhere {
    pub(crate) fn set(&self, roots: Vec<ActorCell>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = roots;
    }

    /// The local numbers of all actors that are there.
    pub(crate) fn locals(&self) -> BTreeSet<u64> {
        let roots = self.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
        below(roots).iter().map(|cell| cell.get_id().pid()).collect()
    }
}

/// These actors and all below them.
pub(super) fn below(roots: Vec<ActorCell>) -> Vec<ActorCell> {
    let mut cells = roots;
    let mut next = 0;
    while let Some(cell) = cells.get(next) {
        cells.extend(cell.get_children());
        next += 1;
    }
    cells
}
