//! When a process is asked to end: by a signal, or because its parent is gone.

use tokio::sync::oneshot;

use crate::lifeline;

/// The wish to end. Made once at start, so that no signal is lost.
#[derive(Debug)]
pub(crate) struct Shutdown {
    parent: Option<oneshot::Receiver<()>>,
    #[cfg(unix)]
    terminate: tokio::signal::unix::Signal,
}

impl Shutdown {
    pub(crate) fn listen() -> anyhow::Result<Self> {
        Ok(Self {
            parent: lifeline::parent_is_gone()?,
            #[cfg(unix)]
            terminate: tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())?,
        })
    }

    /// Resolves once the process shall end.
    pub(crate) async fn requested(mut self) {
        let parent = async {
            match self.parent.take() {
                Some(gone) => _ = gone.await,
                None => std::future::pending().await,
            }
        };
        #[cfg(unix)]
        let terminate = self.terminate.recv();
        #[cfg(not(unix))]
        let terminate = std::future::pending::<Option<()>>();
        tokio::select! {
            () = parent => tracing::info!("ending: the parent process is gone"),
            _ = terminate => tracing::info!("ending: asked to terminate"),
            _ = tokio::signal::ctrl_c() => tracing::info!("ending: interrupted"),
        }
    }
}
