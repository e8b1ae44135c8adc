//! Following the events of a session on this node as they happen.

use std::{collections::VecDeque, sync::Arc};

use arsenal_core::error::OperationError;
use futures_util::{Stream, stream};
use tokio::{sync::watch, time::timeout_at};

use super::{SessionId, Sessions, TraceEvent, session::Session};
use crate::instrument::clock;

/// How many events are written out at once.
const BATCH_MAX: usize = 64;

impl Sessions {
    /// The events of a session after a number, until it is over. Whoever reads them slowly keeps nobody
    /// waiting: they stay where they are until they are asked for.
    ///
    /// # Errors
    ///
    /// `not_found` where this node does not have it.
    pub fn watch(
        &self,
        id: SessionId,
        after: u64,
    ) -> Result<impl Stream<Item = TraceEvent> + Send + use<>, OperationError> {
        let session = self.get(id)?;
        let count = session.log().follow();
        let watch = Watch { session, count, after, taken: VecDeque::new() };
        Ok(stream::unfold(watch, async |mut watch| Some((watch.next().await?, watch))))
    }
}

struct Watch {
    session: Arc<Session>,
    count: watch::Receiver<u64>,
    /// The number of the last event that was told.
    after: u64,
    taken: VecDeque<TraceEvent>,
}

impl Watch {
    async fn next(&mut self) -> Option<TraceEvent> {
        loop {
            if let Some(event) = self.taken.pop_front() {
                self.after = event.number;
                return Some(event);
            }
            self.count.borrow_and_update();
            // Before looking: from then on nothing is added.
            let is_over = self.session.ended(clock::nanos()).is_some();
            self.taken = self.session.events_after(self.after, BATCH_MAX).into();
            if self.taken.is_empty() {
                if is_over {
                    return None;
                }
                let end = clock::instant_of(self.session.ends_at());
                let _in_time = timeout_at(end, self.count.changed()).await;
            }
        }
    }
}
