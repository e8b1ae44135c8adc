//! The serving side of streams.

use std::{
    panic::AssertUnwindSafe,
    sync::{Arc, Weak, atomic::Ordering},
    time::Duration,
};

use bytes::Bytes;
use futures_util::{FutureExt as _, StreamExt as _};
use tokio::{
    task::coop::consume_budget,
    time::{Instant, timeout_at},
};

use super::{
    Endpoint,
    frame::{Frame, HEAD_BYTES, Refusal},
    handler::Handler,
    outlets::{NotServed, Returned},
    path::Path,
    window::{Amount, Window},
};
use crate::network::FRAME_BYTES_MAX;

/// The longest item.
const ITEM_BYTES_MAX: usize = FRAME_BYTES_MAX - HEAD_BYTES;

/// What a peer asks for.
pub(super) struct Asked {
    pub(super) id: u64,
    pub(super) window: Window,
    pub(super) body: Bytes,
    pub(super) time_left: Duration,
}

/// Runs a stream in a task of its own, for the reason that requests have one.
pub(super) fn serve(endpoint: &Arc<Endpoint>, path: &Arc<Path>, asked: Asked) {
    let Asked { id, window, body, time_left } = asked;
    let returned = match path.outlets().place(id) {
        Ok(returned) => returned,
        Err(NotServed::Overloaded) => {
            return endpoint.refuse(&path.peer().id, id, Refusal::Overloaded);
        }
        Err(NotServed::Nonsense) => {
            endpoint.malformed.fetch_add(1, Ordering::Relaxed);
            return;
        }
    };
    let deadline = Instant::now() + time_left;
    let handler = Arc::clone(&endpoint.handler);
    let mut cancelled = returned.clone();
    let mut outlet = Outlet::new(endpoint, path, id, window, returned);
    endpoint.served.spawn(async move {
        let outcome = tokio::select! {
            biased;
            // Fails when the place is lost: nobody waits for the stream any more.
            _ = cancelled.wait_for(|_| false) => None,
            outcome = AssertUnwindSafe(outlet.run(&*handler, body, deadline)).catch_unwind() => {
                outcome.unwrap_or(Some(Err(Refusal::Crashed)))
            }
        };
        outlet.finish(outcome);
    });
}

/// One stream that runs here. Dropping it frees its place.
struct Outlet {
    endpoint: Weak<Endpoint>,
    path: Arc<Path>,
    id: u64,
    window: Window,
    returned: Returned,
    /// How much of what was returned is taken out of `in_flight`.
    settled: Amount,
    /// What was sent and was not returned.
    in_flight: Amount,
}

impl Outlet {
    fn new(
        endpoint: &Arc<Endpoint>,
        path: &Arc<Path>,
        id: u64,
        asked: Window,
        returned: Returned,
    ) -> Self {
        Self {
            endpoint: Arc::downgrade(endpoint),
            path: Arc::clone(path),
            id,
            window: asked.at_most(Window::LARGEST),
            returned,
            settled: Amount::default(),
            in_flight: Amount::default(),
        }
    }

    /// Sends what the handler gives, until that ends. `None`: nobody waits for it any more.
    ///
    /// The stream is at most one item ahead of what was sent: that one waits for room.
    async fn run(
        &mut self,
        handler: &dyn Handler,
        body: Bytes,
        deadline: Instant,
    ) -> Option<Result<(), Refusal>> {
        // The task may have waited for its turn, or been frozen since the request was read.
        let Some(time_left) = deadline.checked_duration_since(Instant::now()) else {
            return Some(Err(Refusal::Late));
        };
        let mut items = handler.open(&self.path.peer().id, body, time_left);
        let mut next = timeout_at(deadline, items.next()).await.ok()?;
        self.send(&Frame::Opened { id: self.id });
        while let Some(body) = next {
            if body.len() > ITEM_BYTES_MAX {
                let (peer, bytes) = (&self.path.peer().id, body.len());
                tracing::error!(%peer, bytes, "an item is too large to be sent: its stream ends");
                return Some(Err(Refusal::Crashed));
            }
            self.room().await?;
            self.in_flight.add(Amount::one(body.len()));
            self.send(&Frame::Item { id: self.id, body });
            next = items.next().await;
        }
        Some(Ok(()))
    }

    /// Waits until one more item may be sent.
    async fn room(&mut self) -> Option<()> {
        // Where items and credit are always there at once, others get their turn, and a cancel too.
        consume_budget().await;
        loop {
            self.settle();
            if !self.in_flight.fills(self.window) {
                return Some(());
            }
            self.returned.changed().await.ok()?;
        }
    }

    /// Takes account of what was returned.
    fn settle(&mut self) {
        let returned = *self.returned.borrow_and_update();
        let mut since = returned;
        since.subtract(self.settled);
        self.in_flight.subtract(since);
        self.settled = returned;
    }

    fn finish(self, outcome: Option<Result<(), Refusal>>) {
        let id = self.id;
        // Before the last word, or the next stream could find no place.
        self.path.outlets().cancel(id);
        match (outcome, self.endpoint.upgrade()) {
            (Some(Ok(())), Some(endpoint)) => {
                endpoint.send(&self.path.peer().id, &Frame::End { id });
            }
            (Some(Err(why)), Some(endpoint)) => endpoint.refuse(&self.path.peer().id, id, why),
            (None, _) | (_, None) => {}
        }
    }

    fn send(&self, frame: &Frame) {
        if let Some(endpoint) = self.endpoint.upgrade() {
            endpoint.send(&self.path.peer().id, frame);
        }
    }
}

impl Drop for Outlet {
    fn drop(&mut self) {
        self.path.outlets().cancel(self.id);
    }
}
