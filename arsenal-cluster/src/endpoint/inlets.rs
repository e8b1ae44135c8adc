//! The streams of one peer that this node reads: what came, and waits to be taken.

use std::{
    collections::BTreeMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use arsenal_core::membership::CallError;
use bytes::Bytes;
use tokio::sync::{mpsc, oneshot};

use super::window::{Amount, STREAM_ITEMS_MAX, Window};

/// Streams that this node may read of one peer. With
/// [`STREAM_BYTES_MAX`](super::STREAM_BYTES_MAX) it bounds what they hold.
pub const STREAMS_OPENED_MAX: usize = 64;

/// What waits to be taken: the items of a window, and the error that ends a stream.
const QUEUE_MAX: usize = STREAM_ITEMS_MAX as usize + 1;

/// By id; `None` once the path is gone.
pub(super) struct Inlets(Mutex<Option<BTreeMap<u64, Inlet>>>);

struct Inlet {
    /// Until it is told.
    opened: Option<oneshot::Sender<Result<(), CallError>>>,
    items: mpsc::Sender<Result<Bytes, CallError>>,
    /// What came and was not returned as credit.
    unreturned: Amount,
}

/// The receiving ends of a new inlet.
pub(super) struct Ends {
    pub(super) opened: oneshot::Receiver<Result<(), CallError>>,
    pub(super) items: mpsc::Receiver<Result<Bytes, CallError>>,
}

/// A peer sent an item that it had no credit for, or before the stream began. The stream has failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct BeyondWindow;

impl Default for Inlets {
    fn default() -> Self {
        Self(Mutex::new(Some(BTreeMap::new())))
    }
}

impl Inlets {
    /// Enlists a stream, if there is room.
    pub(super) fn enlist(&self, id: u64) -> Result<Ends, CallError> {
        let mut inlets = self.locked();
        let inlets = inlets.as_mut().ok_or(CallError::Unavailable)?;
        if inlets.len() >= STREAMS_OPENED_MAX {
            return Err(CallError::Overloaded);
        }
        let (opened, is_opened) = oneshot::channel();
        let (items, received) = mpsc::channel(QUEUE_MAX);
        inlets.insert(id, Inlet { opened: Some(opened), items, unreturned: Amount::default() });
        Ok(Ends { opened: is_opened, items: received })
    }

    /// The stream begins.
    pub(super) fn opened(&self, id: u64) {
        let mut inlets = self.locked();
        let inlet = inlets.as_mut().and_then(|inlets| inlets.get_mut(&id));
        let opened = inlet.and_then(|inlet| inlet.opened.take());
        // The receiver is gone if its caller gave up in this moment.
        opened.map(|opened| opened.send(Ok(())));
    }

    /// An item came. One that nobody waits for is dropped.
    pub(super) fn item(&self, id: u64, item: Bytes) -> Result<(), BeyondWindow> {
        let mut inlets = self.locked();
        let Some(inlets) = inlets.as_mut() else { return Ok(()) };
        let Some(inlet) = inlets.get_mut(&id) else { return Ok(()) };
        if inlet.opened.is_some() || inlet.unreturned.fills(Window::OURS) {
            if let Some(inlet) = inlets.remove(&id) {
                inlet.fail(CallError::Lost);
            }
            return Err(BeyondWindow);
        }
        inlet.unreturned.add(Amount::one(item.len()));
        // There is room: the window is not full.
        inlet.items.try_send(Ok(item)).ok();
        Ok(())
    }

    /// Items were taken. Says whether there is anybody to return their credit to.
    pub(super) fn took(&self, id: u64, taken: Amount) -> bool {
        let mut inlets = self.locked();
        let inlet = inlets.as_mut().and_then(|inlets| inlets.get_mut(&id));
        inlet.map(|inlet| inlet.unreturned.subtract(taken)).is_some()
    }

    /// The stream had no more items: it ends after those that wait.
    pub(super) fn end(&self, id: u64) {
        self.forget(id);
    }

    /// Nothing more comes: the error is the last that is read.
    pub(super) fn fail(&self, id: u64, error: CallError) {
        let inlet = self.locked().as_mut().and_then(|inlets| inlets.remove(&id));
        if let Some(inlet) = inlet {
            inlet.fail(error);
        }
    }

    /// Nobody reads the stream any more. Says whether it was still coming.
    pub(super) fn forget(&self, id: u64) -> bool {
        self.locked().as_mut().is_some_and(|inlets| inlets.remove(&id).is_some())
    }

    /// The path is gone.
    pub(super) fn lose_all(&self) {
        let inlets = self.locked().take();
        for inlet in inlets.into_iter().flat_map(BTreeMap::into_values) {
            inlet.fail(CallError::Lost);
        }
    }

    pub(super) fn len(&self) -> usize {
        self.locked().as_ref().map_or(0, BTreeMap::len)
    }

    fn locked(&self) -> MutexGuard<'_, Option<BTreeMap<u64, Inlet>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inlet {
    /// Tells whoever waits: for the beginning, or for an item.
    fn fail(self, error: CallError) {
        match self.opened {
            Some(opened) => opened.send(Err(error)).ok(),
            None => self.items.try_send(Err(error)).ok(),
        };
    }
}
