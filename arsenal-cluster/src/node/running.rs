//! A node that runs, and its end.

use std::{fmt, sync::Arc, time::Duration};

use arsenal_core::context::NodeParts;
use ractor::ActorCell;
use tokio::{task::JoinSet, time::timeout};

use super::NodeRuntime;
use crate::endpoint::Endpoint;

/// How long telling the others may take that this node leaves.
const LEAVE_MAX: Duration = Duration::from_secs(2);

/// A running node. Dropping it ends its tasks and kills its processes.
pub struct Node {
    pub(super) runtime: Arc<NodeRuntime>,
    pub(super) parts: Arc<NodeParts>,
    pub(super) root: ActorCell,
    pub(super) endpoint: Arc<Endpoint>,
    pub(super) tasks: JoinSet<()>,
}

impl Node {
    /// What the node knows and runs.
    pub fn runtime(&self) -> &Arc<NodeRuntime> {
        &self.runtime
    }

    /// Tells the others that this node leaves on purpose, for at most two seconds, and then the clients
    /// of its streams, which end. It goes on to answer other requests until it is dropped.
    pub fn leave(&self) -> impl Future<Output = ()> + Send + use<> {
        let (runtime, parts) = (Arc::clone(&self.runtime), Arc::clone(&self.parts));
        async move {
            if timeout(LEAVE_MAX, runtime.leave()).await.is_err() {
                tracing::warn!("the others were not told that this node leaves");
            }
            parts.close_streams();
        }
    }

    /// What surfaces need to serve its operations.
    pub fn parts(&self) -> &Arc<NodeParts> {
        &self.parts
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        self.tasks.abort_all();
        if let Some(gossip) = self.runtime.gossip.get() {
            gossip.end();
        }
        self.endpoint.close();
        self.runtime.traces.close();
        self.parts.end_runs();
        self.runtime.end_background();
        self.root.kill();
    }
}

impl fmt::Debug for Node {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Node").field("me", self.runtime.me()).finish_non_exhaustive()
    }
}
