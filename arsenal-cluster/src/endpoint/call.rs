//! The calling side.

use std::{
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

use arsenal_core::membership::CallError;
use bytes::Bytes;
use tokio::time::{Instant, timeout as within};

use super::{
    Endpoint,
    frame::Frame,
    path::{Path, Waiting},
};
use crate::network::{PeerId, SendError};

impl Endpoint {
    /// Sends a request to a peer and waits for its answer, at most `timeout`.
    ///
    /// The error says what became of the request; see [`CallError::ran`]. A caller that stops waiting
    /// leaves nothing behind: the peer ends the request where it waits.
    ///
    /// On a new path it first waits for the answer to the first ping, as part of its time. A peer
    /// learns the offset of our clock from what it reads first; were that a request which it reads
    /// after a freeze, the request would count as on time, and run too late.
    pub async fn call(
        &self,
        to: &PeerId,
        body: Bytes,
        timeout: Duration,
    ) -> Result<Bytes, CallError> {
        let path = self.path(to).ok_or(CallError::Unavailable)?;
        let id = self.next_id();
        let mut waiting = Arc::clone(&path).enlist(id)?;
        let timeout = greeted(&path, &mut waiting.outcome, timeout).await?;
        let request = Frame::Request { id, clock: self.clock(), timeout_ms: millis(timeout), body };
        let request = request.encode();
        path.ask(id, request.len())?;
        self.network.send(to, request)?;
        let mut asked = Asked { endpoint: self, waiting, is_over: false };
        let outcome = within(timeout, &mut asked.waiting.outcome).await;
        // At the end of its time the peer ends it by itself.
        asked.is_over = true;
        match outcome {
            Ok(Ok(outcome)) => outcome,
            // Only a path that is dropped without its `down` leaves a call alone.
            Ok(Err(_gone)) => Err(CallError::Lost),
            Err(_elapsed) => Err(CallError::TimedOut),
        }
    }

    pub(super) fn path(&self, to: &PeerId) -> Option<Arc<Path>> {
        self.paths().get(to).map(Arc::clone)
    }

    /// The id of the next request, never used before.
    pub(super) fn next_id(&self) -> u64 {
        self.next_request.fetch_add(1, Ordering::Relaxed)
    }
}

/// A request that was sent. Who drops it earlier waits no more, and the peer is told.
struct Asked<'a> {
    endpoint: &'a Endpoint,
    waiting: Waiting,
    is_over: bool,
}

impl Drop for Asked<'_> {
    fn drop(&mut self) {
        if !self.is_over {
            let Waiting { path, id, .. } = &self.waiting;
            self.endpoint.send(&path.peer().id, &Frame::Cancel { id: *id });
        }
    }
}

/// Waits until the peer knows our clock, or until the path is gone. Gives what is left of the time.
pub(super) async fn greeted(
    path: &Path,
    gone: impl Future,
    timeout: Duration,
) -> Result<Duration, CallError> {
    let begun = Instant::now();
    within(timeout, path.greeted(gone)).await.unwrap_or(Err(CallError::Unavailable))?;
    Ok(timeout.saturating_sub(begun.elapsed()))
}

/// A timeout, as frames carry it.
pub(super) fn millis(timeout: Duration) -> u32 {
    u32::try_from(timeout.as_millis()).unwrap_or(u32::MAX)
}

impl From<SendError> for CallError {
    fn from(error: SendError) -> Self {
        match error {
            SendError::NoPath => Self::Unavailable,
            SendError::TooLarge => Self::TooLarge,
        }
    }
}
