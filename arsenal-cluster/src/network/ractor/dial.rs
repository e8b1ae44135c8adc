//! One task per wanted address, which dials it whenever no path leads there.

use std::{net::SocketAddr, pin::pin, sync::Arc, time::Duration};

use futures_util::future::{Either, select};
use tokio::{net::TcpStream, sync::watch, time::timeout};

use super::{core::Core, sessions::HANDSHAKE_MAX};
use crate::network::{
    DialError,
    dialling::{CONNECT_MAX, Pauses},
};

/// Dials until the task is aborted, or the network is gone.
pub(super) async fn keep_dialling(core: Arc<Core>, address: SocketAddr) {
    let mut changes = core.changes();
    let mut pauses = Pauses::new(core.me.address, address);
    while until(&mut changes, || !core.reaches(address)).await {
        let waiting = timeout(pauses.next(), until(&mut changes, || core.reaches(address)));
        let outcome = if waiting.await.is_ok() { Ok(()) } else { dial(&core, address).await };
        match outcome {
            Ok(()) => {
                reached(&core, address);
                pauses.reached();
            }
            Err(error) => {
                let pause = pauses.failed(&error, jitter());
                failed(&core, address, error, pause);
            }
        }
    }
}

/// Waits until this holds; false if the network is gone.
async fn until(changes: &mut watch::Receiver<()>, mut holds: impl FnMut() -> bool) -> bool {
    changes.wait_for(|()| holds()).await.is_ok()
}

/// Dials once, and waits until a path is up, or the handshake failed.
async fn dial(core: &Core, address: SocketAddr) -> Result<(), DialError> {
    let Ok(connected) = timeout(CONNECT_MAX, TcpStream::connect(address)).await else {
        return Err(DialError::ConnectTimedOut);
    };
    let stream = connected.map_err(|error| DialError::Connect(error.kind()))?;
    if stream.local_addr().is_ok_and(|local| local == address) {
        // A free port in the range of outgoing ones: the kernel connected the socket to itself.
        return Err(DialError::Connect(std::io::ErrorKind::ConnectionRefused));
    }
    let Some(failed) = core.state().wanted.get_mut(&address).map(super::wanted::Wanted::dialling)
    else {
        return Ok(());
    };
    core.hand_over(stream, address, false).map_err(|error| DialError::Connect(error.kind()))?;
    let mut changes = core.changes();
    let is_up = pin!(until(&mut changes, || core.reaches(address)));
    match timeout(HANDSHAKE_MAX, select(is_up, failed)).await {
        Ok(Either::Left(_)) => Ok(()),
        Ok(Either::Right((reason, _))) => Err(reason.unwrap_or(DialError::HandshakeClosed)),
        Err(_elapsed) => Err(DialError::HandshakeTimedOut),
    }
}

fn reached(core: &Core, address: SocketAddr) {
    if let Some(wanted) = core.state().wanted.get_mut(&address) {
        wanted.reached();
    }
}

fn failed(core: &Core, address: SocketAddr, error: DialError, pause: Duration) {
    let text = error.to_string();
    let mut state = core.state();
    let Some(wanted) = state.wanted.get_mut(&address) else { return };
    if wanted.failed(error, pause) {
        tracing::warn!(%address, "no path: {text}");
    } else {
        tracing::debug!(%address, "still no path: {text}");
    }
}

/// From 0 to 1. Without randomness there is no jitter, and nothing else is lost.
fn jitter() -> f64 {
    getrandom::u32().map_or(0.0, |random| f64::from(random) / f64::from(u32::MAX))
}
