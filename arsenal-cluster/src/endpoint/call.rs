//! The calling side.

use std::{
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

use arsenal_core::membership::CallError;
use bytes::Bytes;
use tokio::time::{Instant, timeout as within};

use super::{Endpoint, frame::Frame};
use crate::network::{PeerId, SendError};

impl Endpoint {
    /// Sends a request to a peer and waits for its answer, at most `timeout`.
    ///
    /// The error says what became of the request; see [`CallError::ran`]. A caller that stops waiting
    /// leaves nothing behind.
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
        let path = self.paths().get(to).map(Arc::clone).ok_or(CallError::Unavailable)?;
        let id = self.next_call.fetch_add(1, Ordering::Relaxed);
        let mut waiting = path.enlist(id)?;
        let begun = Instant::now();
        within(timeout, waiting.greeted()).await.unwrap_or(Err(CallError::Unavailable))?;
        let timeout = timeout.saturating_sub(begun.elapsed());
        let timeout_ms = u32::try_from(timeout.as_millis()).unwrap_or(u32::MAX);
        let request = Frame::Request { id, clock: self.clock(), timeout_ms, body };
        self.network.send(waiting.peer(), request.encode()).map_err(|error| match error {
            SendError::NoPath => CallError::Unavailable,
            SendError::TooLarge => CallError::TooLarge,
        })?;
        match within(timeout, &mut waiting.outcome).await {
            Ok(Ok(outcome)) => outcome,
            // Only a path that is dropped without its `down` leaves a call alone.
            Ok(Err(_gone)) => Err(CallError::Lost),
            Err(_elapsed) => Err(CallError::TimedOut),
        }
    }
}
