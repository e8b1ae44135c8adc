//! One task per wanted address, which dials it whenever no path leads there.

use std::{net::SocketAddr, pin::pin, sync::Arc, time::Duration};

use futures_util::future::{Either, select};
use tokio::{net::TcpStream, sync::watch, time::timeout};

use super::{attempt::DialError, core::Core, sessions::HANDSHAKE_MAX};

/// How long a connection may take to be established.
pub(in crate::network) const CONNECT_MAX: Duration = Duration::from_secs(2);

/// The first and the longest pause after a failed dial.
pub(in crate::network) const PAUSE_MIN: Duration = Duration::from_millis(200);
pub(in crate::network) const PAUSE_MAX: Duration = Duration::from_secs(5);

/// Of two addresses the lower dials first, so that normally one side dials. The other side steps in
/// when it did not: the lower one may not even know of it.
pub(in crate::network) const SECOND_WAITS: Duration = Duration::from_millis(500);
pub(in crate::network) const SECOND_WAITS_AGAIN: Duration = Duration::from_secs(3);

/// A path that ends as soon as it is up is not redialled in a hot loop.
pub(in crate::network) const FIRST_WAITS_AGAIN: Duration = Duration::from_millis(50);

/// Dials until the task is aborted, or the network is gone.
pub(super) async fn keep_dialling(core: Arc<Core>, address: SocketAddr) {
    let mut changes = core.changes();
    let is_first = core.me.address < address;
    let (once, again) = if is_first {
        (Duration::ZERO, FIRST_WAITS_AGAIN)
    } else {
        (SECOND_WAITS, SECOND_WAITS_AGAIN)
    };
    let mut pause = once;
    let mut backoff = PAUSE_MIN;
    while until(&mut changes, || !core.reaches(address)).await {
        if timeout(pause, until(&mut changes, || core.reaches(address))).await.is_ok() {
            reached(&core, address);
            (pause, backoff) = (again, PAUSE_MIN);
            continue;
        }
        match dial(&core, address).await {
            Ok(()) => {
                reached(&core, address);
                (pause, backoff) = (again, PAUSE_MIN);
            }
            // It took its time already; and a frozen peer that wakes shall find a dial waiting.
            Err(error @ DialError::HandshakeTimedOut) => {
                pause = with_jitter(PAUSE_MIN);
                failed(&core, address, error, pause);
            }
            Err(error) => {
                pause = with_jitter(backoff);
                backoff = (backoff * 2).min(PAUSE_MAX);
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

/// Between the pause and one and a half times as long, so that many nodes do not dial in step.
fn with_jitter(pause: Duration) -> Duration {
    // Without randomness there is no jitter, and nothing else is lost.
    let share = getrandom::u32().map_or(0.0, |random| f64::from(random) / f64::from(u32::MAX));
    pause.mul_f64(1.0 + share / 2.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn jitter_stays_within_half_of_the_pause() {
        for _ in 0..1000 {
            let pause = with_jitter(PAUSE_MIN);
            assert!(pause >= PAUSE_MIN && pause <= PAUSE_MIN * 3 / 2, "{pause:?}");
        }
    }
}
