//! The streams of one peer that this node reads: what came, and waits to be taken.

use std::{
    collections::BTreeMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use arsenal_core::membership::CallError;
use bytes::Bytes;
use tokio::sync::{mpsc, oneshot};

use super::frame::Window;

/// Streams that this node may read of one peer. With [`STREAM_BYTES_MAX`] it bounds what they hold.
pub const STREAMS_OPENED_MAX: usize = 64;

/// Items of one stream that may be on their way or wait here.
pub const STREAM_ITEMS_MAX: u32 = 64;

/// Bytes of one stream that may be on their way or wait here, and one item more: four pages of 1 MiB.
/// So a stream holds at most 5 MiB here, and all streams of one peer at most 330 MiB.
pub const STREAM_BYTES_MAX: u32 = 4 << 20;

/// What this node has room for.
pub(super) const WINDOW: Window = Window { items: STREAM_ITEMS_MAX, bytes: STREAM_BYTES_MAX };

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

/// Some items of a stream.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Amount {
    pub(super) items: u32,
    pub(super) bytes: usize,
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
        if inlet.opened.is_some() || inlet.unreturned.fills(WINDOW) {
            if let Some(inlet) = inlets.remove(&id) {
                inlet.fail(CallError::Lost);
            }
            return Err(BeyondWindow);
        }
        inlet.unreturned.add(item.len());
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

impl Amount {
    pub(super) const fn add(&mut self, bytes: usize) {
        self.items += 1;
        self.bytes += bytes;
    }

    /// Whether nothing more may be sent.
    pub(super) const fn fills(self, window: Window) -> bool {
        self.items >= window.items || self.bytes >= window.bytes as usize
    }

    /// Whether it is time to return it as credit: once per half window, so that the other side goes on
    /// sending meanwhile.
    pub(super) const fn fills_half(self, window: Window) -> bool {
        self.fills(Window { items: window.items / 2, bytes: window.bytes / 2 })
    }

    pub(super) const fn subtract(&mut self, taken: Self) {
        self.items = self.items.saturating_sub(taken.items);
        self.bytes = self.bytes.saturating_sub(taken.bytes);
    }
}
