//! The way in: connections of others.

use std::{io, sync::Arc, time::Duration};

use tokio::{
    net::TcpListener,
    time::{Instant, sleep},
};

use super::core::Core;

/// The pause after a failed accept. It fails at once, again and again, while no descriptor is free.
const PAUSE: Duration = Duration::from_millis(100);

/// Accepts until the task is aborted, or the network is shut.
pub(super) async fn keep_accepting(listener: TcpListener, core: Arc<Core>) {
    while !core.state().is_shut {
        if let Err(error) = accept(&listener, &core).await {
            tracing::warn!("cannot accept a connection: {error}");
            sleep(PAUSE).await;
        }
    }
}

async fn accept(listener: &TcpListener, core: &Core) -> io::Result<()> {
    let (stream, from) = listener.accept().await?;
    if !core.state().sessions.admit(from, Instant::now()) {
        tracing::warn!(%from, "refused a connection: too many have not authenticated");
        return Ok(());
    }
    // An error here concerns this one connection only.
    if let Err(error) = core.hand_over(stream, from, true) {
        tracing::debug!(%from, "a connection ended at once: {error}");
    }
    Ok(())
}
