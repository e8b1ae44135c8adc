//! Work that goes on where whoever asked for it goes away.

use std::sync::{Arc, PoisonError};

use arsenal_core::error::{Code, OperationError};
use tokio::sync::oneshot;

use super::NodeRuntime;

/// How much of it there may be at once.
pub(crate) const BACKGROUND_MAX: usize = 256;

impl NodeRuntime {
    /// Does work to its end, for it must not be left half done; ends with the node only.
    ///
    /// # Errors
    ///
    /// `overloaded` where too much is being done; `internal` where it panicked or the node ends.
    pub(crate) async fn to_its_end<T: Send + 'static>(
        self: &Arc<Self>,
        work: impl Future<Output = T> + Send + 'static,
    ) -> Result<T, OperationError> {
        let (done, waits) = oneshot::channel();
        {
            let mut background = self.background.lock().unwrap_or_else(PoisonError::into_inner);
            while background.try_join_next().is_some() {}
            if background.len() >= BACKGROUND_MAX {
                let detail = "too much is being started and ended on this node";
                return Err(OperationError::new(Code::Overloaded, detail));
            }
            background.spawn(async move {
                // Whoever asked may have gone.
                let _gone = done.send(work.await);
            });
        }
        waits.await.map_err(|_lost| OperationError::internal().because("it panicked, or was ended"))
    }

    pub(super) fn end_background(&self) {
        self.background.lock().unwrap_or_else(PoisonError::into_inner).abort_all();
    }
}
