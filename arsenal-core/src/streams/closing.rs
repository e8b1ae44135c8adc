//! The moment from which a node gives no more streams, and what their clients are told then.

use tokio::sync::watch;

use crate::{
    error::{Code, Failure, OperationError},
    name::NodeName,
};

/// Whether the streams of a node are being closed. Once they are, they stay so.
#[derive(Debug)]
pub(crate) struct Closing(watch::Sender<bool>);

impl Default for Closing {
    fn default() -> Self {
        Self(watch::Sender::new(false))
    }
}

impl Closing {
    pub(crate) fn begin(&self) {
        self.0.send_replace(true);
    }

    /// Resolves when it begins, or has begun; also where the node is dropped without a word.
    pub(crate) fn begun(&self) -> impl Future<Output = ()> + Send + use<> {
        let mut closing = self.0.subscribe();
        async move {
            // An error says that nobody can begin it any more.
            drop(closing.wait_for(|has_begun| *has_begun).await);
        }
    }
}

/// The last event of a stream that its node cannot go on with.
pub(crate) fn closed_by(node: &NodeName) -> OperationError {
    let detail = format!("node `{node}` is shutting down and ends its streams");
    let error = OperationError::new(Code::DistributedExit, detail)
        .suggest("go on at another node, or at this one once it is back");
    let failure = Failure::of_error(node.clone(), &error);
    error.with_failures(vec![failure])
}
