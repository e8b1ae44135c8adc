//! The tasks of what others asked for, and which requests run.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use tokio::task::{AbortHandle, JoinSet};

use crate::network::PeerId;

/// Requests of one peer that may run here at the same time. As many as one peer lets wait, so only a
/// peer that gave up on some of them meets it.
pub const SERVED_MAX: usize = 256;

/// What runs for each peer, by the id of the request. Outlives paths: a peer that comes back finds what
/// it left running.
type Running = Arc<Mutex<BTreeMap<PeerId, BTreeMap<u64, Option<AbortHandle>>>>>;

#[derive(Default)]
pub(super) struct Served {
    running: Running,
    tasks: Mutex<JoinSet<()>>,
}

/// Lets one of as many requests of a peer run. Free again when it is dropped.
pub(super) struct Permit {
    running: Running,
    peer: PeerId,
    id: u64,
}

impl Served {
    /// Takes a permit, if there is one. None is left either for an id that runs already.
    pub(super) fn permit(&self, peer: &PeerId, id: u64) -> Option<Permit> {
        let mut running = locked(&self.running);
        let of_peer = running.entry(peer.clone()).or_default();
        if of_peer.len() >= SERVED_MAX || of_peer.contains_key(&id) {
            return None;
        }
        of_peer.insert(id, None);
        Some(Permit { running: Arc::clone(&self.running), peer: peer.clone(), id })
    }

    /// Runs a request, which gets its permit back when it no longer needs it. It must end by itself, at
    /// its deadline.
    pub(super) fn run<F>(&self, permit: Permit, request: impl FnOnce(Permit) -> F)
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let (peer, id) = (permit.peer.clone(), permit.id);
        let task = self.spawn(request(permit));
        // It may have ended.
        if let Some(running) = locked(&self.running).get_mut(&peer).and_then(|it| it.get_mut(&id)) {
            *running = Some(task);
        }
    }

    /// Nobody waits for the answer to a request any more: it ends where it waits.
    pub(super) fn cancel(&self, peer: &PeerId, id: u64) {
        let task = locked(&self.running)
            .get_mut(peer)
            .and_then(|it| it.get_mut(&id))
            .and_then(Option::take);
        if let Some(task) = task {
            task.abort();
        }
    }

    /// Runs a stream, or anything else that ends by itself.
    pub(super) fn spawn(&self, served: impl Future<Output = ()> + Send + 'static) -> AbortHandle {
        let mut tasks = locked(&self.tasks);
        while tasks.try_join_next().is_some() {}
        tasks.spawn(served)
    }

    /// Ends all that runs.
    pub(super) fn close(&self) {
        locked(&self.tasks).abort_all();
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        let mut running = locked(&self.running);
        if let Some(of_peer) = running.get_mut(&self.peer) {
            of_peer.remove(&self.id);
            if of_peer.is_empty() {
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
        let permits: Vec<_> =
            (0..SERVED_MAX as u64).map(|id| served.permit(&a, id).unwrap()).collect();
        assert!(served.permit(&a, u64::MAX).is_none());
        assert!(served.permit(&b, 0).is_some(), "another peer has permits of its own");
        drop(permits);
        let permit = served.permit(&a, 0);
        assert!(permit.is_some() && served.permit(&a, 0).is_none(), "an id runs once");
        drop(permit);
        assert!(locked(&served.running).is_empty(), "nothing is kept for a peer without requests");
    }
}
