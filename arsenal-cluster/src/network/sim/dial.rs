//! One task per wanted address, which dials it whenever no path leads there. The times are those of
//! real dials, so that what is seen here is seen there.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use tokio::{sync::watch, time::timeout};

use super::core::Core;
use crate::network::ractor::dial::{
    CONNECT_MAX, FIRST_WAITS_AGAIN, PAUSE_MAX, PAUSE_MIN, SECOND_WAITS, SECOND_WAITS_AGAIN,
};

/// Dials until the task is aborted.
pub(super) async fn keep_dialling(core: Arc<Core>, address: SocketAddr) {
    let mut changes = core.changes();
    let is_first = core.me.address < address;
    let (once, again) = if is_first {
        (Duration::ZERO, FIRST_WAITS_AGAIN)
    } else {
        (SECOND_WAITS, SECOND_WAITS_AGAIN)
    };
    let (mut pause, mut backoff) = (once, PAUSE_MIN);
    while until(&mut changes, || !core.reaches(address)).await {
        if timeout(pause, until(&mut changes, || core.reaches(address))).await.is_ok()
            || dial(&core, address).await
        {
            (pause, backoff) = (again, PAUSE_MIN);
        } else {
            pause = backoff;
            backoff = (backoff * 2).min(PAUSE_MAX);
        }
    }
}

/// Dials once, and waits until a path is up, or it failed.
async fn dial(core: &Core, address: SocketAddr) -> bool {
    let mut changes = core.changes();
    let Some(session) = core.dial(address) else { return false };
    let is_over = until(&mut changes, || core.reaches(address) || !core.is_dialling(session));
    let answered = timeout(CONNECT_MAX, is_over).await;
    core.give_up(session);
    answered.is_ok() && core.reaches(address)
}

async fn until(changes: &mut watch::Receiver<()>, mut holds: impl FnMut() -> bool) -> bool {
    changes.wait_for(|()| holds()).await.is_ok()
}
