//! The shares of sandboxes that a node runs.

use std::{
    collections::BTreeMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use ractor::ActorCell;

use super::SandboxId;

/// A share that runs, or is being started.
#[derive(Clone, Debug)]
pub(super) struct RunningShare {
    /// Which start of the owner asked for it.
    pub(super) owner_generation: u64,
    /// What all its processes are under.
    pub(super) supervisor: ActorCell,
}

/// Shares by sandbox.
#[derive(Debug, Default)]
pub struct Shares(Mutex<BTreeMap<SandboxId, RunningShare>>);

impl Shares {
    /// Adds a share; `false` where there is one of this sandbox.
    pub(super) fn insert(&self, id: SandboxId, share: RunningShare) -> bool {
        let mut shares = self.shares();
        if shares.contains_key(&id) {
            return false;
        }
        shares.insert(id, share);
        true
    }

    pub(super) fn remove(&self, id: &SandboxId) -> Option<RunningShare> {
        self.shares().remove(id)
    }

    /// The shares with the start of the owner that each belongs to.
    pub(super) fn owners(&self) -> Vec<(SandboxId, u64)> {
        let shares = self.shares();
        shares.iter().map(|(id, share)| (id.clone(), share.owner_generation)).collect()
    }

    fn shares(&self) -> MutexGuard<'_, BTreeMap<SandboxId, RunningShare>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
