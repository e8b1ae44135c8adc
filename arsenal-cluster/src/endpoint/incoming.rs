//! A stream of another node, as it is read here.

use std::{
    fmt,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
};

use arsenal_core::membership::CallError;
use bytes::Bytes;
use futures_util::Stream;
use tokio::sync::{mpsc, oneshot};

use super::{
    frame::Frame,
    inlets::Ends,
    path::Path,
    window::{Amount, Window},
};
use crate::network::Network;

/// The items of a stream that [`Endpoint::open`](super::Endpoint::open) opened, in order.
///
/// It ends with the stream of the peer. Where that broke or the path was lost, `Lost` is the last item.
/// Dropping it ends the stream there.
pub struct Incoming {
    network: Arc<dyn Network>,
    path: Arc<Path>,
    id: u64,
    items: mpsc::Receiver<Result<Bytes, CallError>>,
    /// What was taken and is not returned as credit.
    taken: Amount,
    /// Whether the peer was asked, so that it has to be told of the end.
    is_asked: bool,
}

/// Says that the stream begins, or why not.
pub(super) type Opened = oneshot::Receiver<Result<(), CallError>>;

impl Incoming {
    /// A stream that is yet to be asked for. Forgotten when it is dropped.
    pub(super) fn enlist(
        network: Arc<dyn Network>,
        path: Arc<Path>,
        id: u64,
    ) -> Result<(Self, Opened), CallError> {
        let Ends { opened, items } = path.inlets().enlist(id)?;
        let taken = Amount::default();
        Ok((Self { network, path, id, items, taken, is_asked: false }, opened))
    }

    /// Asks the peer for it.
    pub(super) fn ask(&mut self, open: &Frame) -> Result<(), CallError> {
        self.network.send(&self.path.peer().id, open.encode())?;
        self.is_asked = true;
        Ok(())
    }

    fn took(&mut self, bytes: usize) {
        self.taken.add(Amount::one(bytes));
        if self.taken.fills_half(Window::OURS) {
            let taken = std::mem::take(&mut self.taken);
            if self.path.inlets().took(self.id, taken) {
                self.send(&Frame::Credit { id: self.id, taken });
            }
        }
    }

    /// Sends what nobody waits for. Where the path is gone, so is the stream.
    fn send(&self, frame: &Frame) {
        self.network.send(&self.path.peer().id, frame.encode()).ok();
    }
}

impl Stream for Incoming {
    type Item = Result<Bytes, CallError>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let item = ready!(self.items.poll_recv(cx));
        if let Some(Ok(item)) = &item {
            self.took(item.len());
        }
        Poll::Ready(item)
    }
}

impl Drop for Incoming {
    fn drop(&mut self) {
        if self.path.inlets().forget(self.id) && self.is_asked {
            self.send(&Frame::Cancel { id: self.id });
        }
    }
}

impl fmt::Debug for Incoming {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let peer = &self.path.peer().id;
        formatter.debug_struct("Incoming").field("peer", peer).finish_non_exhaustive()
    }
}
