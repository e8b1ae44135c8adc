//! The calling side of streams.

use std::{sync::Arc, time::Duration};

use arsenal_core::membership::CallError;
use bytes::Bytes;
use tokio::time::timeout as within;

use super::{
    Endpoint, Incoming,
    call::{greeted, millis},
    frame::Frame,
    window::Window,
};
use crate::network::PeerId;

impl Endpoint {
    /// Asks a peer for a stream and waits, at most `timeout`, until its first item or its end is there.
    /// From then on it has no deadline.
    ///
    /// The error says what became of the request, as that of [`call`](Self::call). A peer of a version
    /// without streams drops the request: `TimedOut`.
    pub async fn open(
        &self,
        to: &PeerId,
        body: Bytes,
        timeout: Duration,
    ) -> Result<Incoming, CallError> {
        let path = self.path(to).ok_or(CallError::Unavailable)?;
        let id = self.next_id();
        let network = Arc::clone(&self.network);
        let (mut incoming, mut opened) = Incoming::enlist(network, Arc::clone(&path), id)?;
        let timeout = greeted(&path, &mut opened, timeout).await?;
        let (clock, timeout_ms) = (self.clock(), millis(timeout));
        path.ask(id, body.len())?;
        incoming.ask(&Frame::Open { id, clock, timeout_ms, window: Window::OURS, body })?;
        match within(timeout, opened).await {
            Ok(Ok(begun)) => begun.map(|()| incoming),
            // Only a path that is dropped without its `down`, or an end without a beginning, leaves it
            // alone.
            Ok(Err(_gone)) => Err(CallError::Lost),
            Err(_elapsed) => Err(CallError::TimedOut),
        }
    }
}
