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
    tls::ClusterTls,
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
    let Some(tls) = core.tls.clone() else {
        let handed =
            set_up(&stream).and_then(|()| core.hand_over(Connection::Plain(stream), from, true));
        return finish(core, from, handed.map_err(|error| not_accepted(&error)));
    };
    // A task for each: one that is silent holds up nobody else.
    let core = Arc::clone(core);
    handshakes.spawn(async move {
        let handed = encrypt(&tls, stream).await.and_then(|connection| {
            core.state().sessions.encrypted(from, connection.certificate(), Instant::now());
            core.hand_over(connection, from, true).map_err(|error| not_accepted(&error))
        });
        finish(&core, from, handed);
    });
}

/// Why a connection was not handed over, and more of it for the log.
type Failure = (Reason, String);

/// A connection that will not be a session gives its place back.
fn finish(core: &Core, from: SocketAddr, handed: Result<(), Failure>) {
    let Err((reason, why)) = handed else { return };
    core.state().sessions.turned_away(from);
    core.turned_away.count(reason, Some(from), format_args!(": {why}"));
}

/// It is not the fault of the other end, or that is gone already.
fn not_accepted(error: &io::Error) -> Failure {
    (Reason::NotAccepted, error.to_string())
}

async fn encrypt(tls: &ClusterTls, stream: TcpStream) -> Result<Connection, Failure> {
    set_up(&stream).map_err(|error| not_accepted(&error))?;
    match timeout(HANDSHAKE_MAX, tls.accept(stream)).await {
        Ok(Ok((stream, certificate))) => Ok(Connection::Accepted(Box::new(stream), certificate)),
        Ok(Err(error)) => Err((Reason::NoTls, failed_accept(&error))),
        Err(_elapsed) => {
            Err((Reason::HandshakeTimedOut, String::from("it did not finish that of TLS")))
        }
    }
}
