//! The way in: connections of others.

use std::{io, net::SocketAddr, sync::Arc, time::Duration};

use tokio::{
    net::{TcpListener, TcpStream},
    task::JoinSet,
    time::{Instant, sleep, timeout},
};

use super::{
    connection::{Connection, set_up},
    core::Core,
    reason::Reason,
    tls_errors::failed_accept,
};
use crate::network::dialling::HANDSHAKE_MAX;

/// The pause after a failed accept. It fails at once, again and again, while no descriptor is free.
const PAUSE: Duration = Duration::from_millis(100);

/// Accepts until the task is aborted, or the network is shut.
pub(super) async fn keep_accepting(listener: TcpListener, core: Arc<Core>) {
    // As many as there may be strangers. They end with this.
    let mut handshakes = JoinSet::new();
    while !core.state().is_shut {
        match listener.accept().await {
            Ok((stream, from)) => admit(&core, stream, from, &mut handshakes),
            Err(error) => {
                core.turned_away.count(Reason::NotAccepted, None, format_args!(": {error}"));
                sleep(PAUSE).await;
            }
        }
        while handshakes.try_join_next().is_some() {}
    }
}

/// An error here concerns this one connection only.
fn admit(core: &Arc<Core>, stream: TcpStream, from: SocketAddr, handshakes: &mut JoinSet<()>) {
    if !core.state().sessions.admit(from, Instant::now()) {
        core.turned_away.count(Reason::TooMany, Some(from), "");
        return;
    }
    if core.tls.is_none() {
        let handed =
            set_up(&stream).and_then(|()| core.hand_over(Connection::Plain(stream), from, true));
        if let Err(error) = handed {
            tracing::debug!(%from, "a connection ended at once: {error}");
        }
        return;
    }
    // A task for each: one that is silent holds up nobody else.
    let core = Arc::clone(core);
    handshakes.spawn(async move {
        let outcome = match timeout(HANDSHAKE_MAX, encrypt(&core, stream)).await {
            Ok(outcome) => outcome,
            Err(_elapsed) => Err(io::ErrorKind::TimedOut.into()),
        };
        let handed = outcome.and_then(|connection| {
            core.state().sessions.encrypted(from, connection.certificate(), Instant::now());
            core.hand_over(connection, from, true)
        });
        if let Err(error) = handed {
            core.state().sessions.turned_away(from);
            core.turned_away.count(
                Reason::NoTls,
                Some(from),
                format_args!(": {}", failed_accept(&error)),
            );
        }
    });
}

async fn encrypt(core: &Core, stream: TcpStream) -> io::Result<Connection> {
    set_up(&stream)?;
    let tls = core.tls.as_ref().ok_or(io::ErrorKind::Unsupported)?;
    let (stream, certificate) = tls.accept(stream).await?;
    Ok(Connection::Accepted(Box::new(stream), certificate))
}
