//! One task per wanted address, which dials it whenever no path leads there. The times are those of
//! real dials, so that what is seen here is seen there.

use std::{net::SocketAddr, sync::Arc};

use tokio::{sync::watch, time::timeout};

use super::core::Core;
use crate::network::{
    DialError,
    dialling::{CONNECT_MAX, Pauses},
};

/// Dials until the task is aborted.
pub(super) async fn keep_dialling(core: Arc<Core>, address: SocketAddr) {
    let mut changes = core.changes();
    let mut pauses = Pauses::new(core.me.address, address);
    while until(&mut changes, || !core.reaches(address)).await {
        let waiting = timeout(pauses.next(), until(&mut changes, || core.reaches(address)));
        if waiting.await.is_ok() || dial(&core, address).await {
            pauses.reached();
        } else {
            // Its deliveries jitter; its dials need not.
            pauses.failed(&DialError::HandshakeClosed, 0.0);
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
