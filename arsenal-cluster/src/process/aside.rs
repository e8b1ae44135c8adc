//! What takes long where there are many processes, on threads of its own.

use std::sync::Arc;

use arsenal_core::error::OperationError;

use super::ProcessTable;

/// How much of it a node does at once. It cannot be cancelled: whoever asked may be gone before it ends,
/// and ask again. More at once would only take processors from the actors.
pub(super) const ASIDE_MAX: usize = 4;

impl ProcessTable {
    /// Does what takes long where there are many processes: on a thread of its own, so that nothing else
    /// waits for it; in a simulated node at once, for its time stands meanwhile. Where enough is done
    /// already, it waits for its turn.
    ///
    /// # Errors
    ///
    /// `internal` where it panicked, or the node is about to end.
    pub(crate) async fn aside<T: Send + 'static>(
        self: &Arc<Self>,
        work: impl FnOnce(&Self) -> T + Send + 'static,
    ) -> Result<T, OperationError> {
        if self.is_shared {
            return Ok(work(self));
        }
        let permit = Arc::clone(&self.aside).acquire_owned().await;
        let permit = permit.map_err(|closed| OperationError::internal().because(closed))?;
        let table = Arc::clone(self);
        let work = move || {
            // Held until it is done, also where nobody waits for it any more.
            let _permit = permit;
            work(&table)
        };
        let done = tokio::task::spawn_blocking(work).await;
        done.map_err(|error| OperationError::internal().because(error))
    }
}

#[cfg(test)]
mod tests {
    use std::{
        sync::mpsc::{Receiver, channel},
        time::UNIX_EPOCH,
    };

    use futures_util::FutureExt as _;

    use super::*;
    use crate::WallClock;

    #[tokio::test]
    async fn whoever_leaves_makes_no_room_before_the_work_is_done() {
        let clock = WallClock::set(UNIX_EPOCH);
        let table = Arc::new(ProcessTable::new("a".parse().unwrap(), 1, false, clock));
        let mut ends = Vec::new();
        for _ in 0..ASIDE_MAX {
            let (end, ended) = channel::<()>();
            // It begins, and whoever asked for it leaves.
            assert!(table.aside(move |_| wait_for(&ended)).now_or_never().is_none());
            ends.push(end);
        }
        let mut next = Box::pin(table.aside(|_| 7));
        assert!(next.as_mut().now_or_never().is_none());
        assert_eq!(table.aside.available_permits(), 0);
        drop(ends.pop());
        assert_eq!(next.await.unwrap(), 7);
        assert_eq!(ends.len(), ASIDE_MAX - 1, "the others are still at work");
    }

    /// Until the other end is dropped.
    fn wait_for(ended: &Receiver<()>) {
        assert!(ended.recv().is_err());
    }
}
