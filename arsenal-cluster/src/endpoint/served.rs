//! The tasks of what others asked for, and how many requests run.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use tokio::task::JoinSet;

use crate::network::PeerId;

/// Requests of one peer that may run here at the same time. As many as one peer lets wait, so only a
/// peer that gave up on some of them meets it.
pub const SERVED_MAX: usize = 256;

/// How many run for each peer. Outlives paths: a peer that comes back finds what it left running.
type Running = Arc<Mutex<BTreeMap<PeerId, usize>>>;

#[derive(Default)]
pub(super) struct Served {
    running: Running,
    tasks: Mutex<JoinSet<()>>,
}

/// A place among the running requests of a peer. Free again when it is dropped.
pub(super) struct Place {
    running: Running,
    peer: PeerId,
}

impl Served {
    /// Takes a place, if there is one.
    pub(super) fn place(&self, peer: &PeerId) -> Option<Place> {
        let mut running = locked(&self.running);
        let count = running.entry(peer.clone()).or_default();
        if *count >= SERVED_MAX {
            return None;
        }
        *count += 1;
        Some(Place { running: Arc::clone(&self.running), peer: peer.clone() })
    }

    /// Runs a request or a stream. It must end by itself: at its deadline, or when nobody waits for it.
    pub(super) fn spawn(&self, served: impl Future<Output = ()> + Send + 'static) {
        let mut tasks = locked(&self.tasks);
        while tasks.try_join_next().is_some() {}
        tasks.spawn(served);
    }

    /// Ends all that runs.
    pub(super) fn close(&self) {
        locked(&self.tasks).abort_all();
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut running = locked(&self.running);
        if let Some(count) = running.get_mut(&self.peer) {
            *count -= 1;
            if *count == 0 {
                running.remove(&self.peer);
            }
        }
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_bounded_for_each_peer_and_come_back() {
        let served = Served::default();
        let (a, b) = ("a#1".parse().unwrap(), "b#1".parse().unwrap());
        let places: Vec<_> = (0..SERVED_MAX).map(|_| served.place(&a).unwrap()).collect();
        assert!(served.place(&a).is_none());
        assert!(served.place(&b).is_some(), "another peer has places of its own");
        drop(places);
        assert!(served.place(&a).is_some());
        assert!(locked(&served.running).is_empty(), "nothing is kept for a peer without requests");
    }
}
