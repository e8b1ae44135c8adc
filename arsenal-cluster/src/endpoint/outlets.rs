//! The streams that one peer reads of this node: the credit that came back for each.

use std::{
    collections::{BTreeMap, btree_map::Entry},
    sync::{Mutex, MutexGuard, PoisonError},
};

use tokio::sync::watch;

use super::window::Amount;

/// Streams that one peer may read of this node. As many as one peer opens, so only a peer that gave up
/// on some of them meets it. Apart from the requests: streams stay, and would keep those out.
pub const STREAMS_SERVED_MAX: usize = 64;

/// How much of a stream was returned, in all. When its sender is dropped, nobody waits for the stream
/// any more.
pub(super) type Returned = watch::Receiver<Amount>;

/// By id; `None` once the path is gone.
pub(super) struct Outlets(Mutex<Option<BTreeMap<u64, watch::Sender<Amount>>>>);

/// Why a stream is not served.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NotServed {
    /// There are too many.
    Overloaded,
    /// The path is gone, or the peer uses an id twice.
    Nonsense,
}

impl Default for Outlets {
    fn default() -> Self {
        Self(Mutex::new(Some(BTreeMap::new())))
    }
}

impl Outlets {
    /// Takes a place, until it is cancelled.
    pub(super) fn place(&self, id: u64) -> Result<Returned, NotServed> {
        let mut outlets = self.locked();
        let outlets = outlets.as_mut().ok_or(NotServed::Nonsense)?;
        let is_full = outlets.len() >= STREAMS_SERVED_MAX;
        match outlets.entry(id) {
            Entry::Occupied(_) => Err(NotServed::Nonsense),
            Entry::Vacant(_) if is_full => Err(NotServed::Overloaded),
            Entry::Vacant(place) => {
                Ok(place.insert(watch::Sender::new(Amount::default())).subscribe())
            }
        }
    }

    /// Credit came back.
    pub(super) fn credit(&self, id: u64, taken: Amount) {
        if let Some(returned) = self.locked().as_ref().and_then(|outlets| outlets.get(&id)) {
            returned.send_modify(|returned| returned.add(taken));
        }
    }

    /// Ends a stream and frees its place.
    pub(super) fn cancel(&self, id: u64) {
        let returned = self.locked().as_mut().and_then(|outlets| outlets.remove(&id));
        drop(returned);
    }

    /// The path is gone.
    pub(super) fn cancel_all(&self) {
        let outlets = self.locked().take();
        drop(outlets);
    }

    pub(super) fn len(&self) -> usize {
        self.locked().as_ref().map_or(0, BTreeMap::len)
    }

    fn locked(&self) -> MutexGuard<'_, Option<BTreeMap<u64, watch::Sender<Amount>>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
