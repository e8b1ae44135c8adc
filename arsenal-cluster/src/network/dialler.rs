//! One task per wanted address, which dials it whenever no path leads there.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use tokio::{sync::watch, time::timeout};

use super::{DialError, dialling::Pauses};

/// A network, as its diallers use it.
pub(super) trait Dials: Send + Sync + 'static {
    /// Where this node listens.
    fn listens_at(&self) -> SocketAddr;

    /// Says each time that a path came up or went, or that a dial is over.
    fn changes(&self) -> watch::Receiver<()>;

    /// Whether a path leads to whom is wanted at an address.
    fn reaches(&self, address: SocketAddr) -> bool;

    /// Dials once, and waits until a path is up, or why there is none.
    fn dial(&self, address: SocketAddr) -> impl Future<Output = Result<(), DialError>> + Send;

    /// From 0 to 1.
    fn jitter(&self) -> f64;

    /// A path leads there.
    fn reached(&self, address: SocketAddr);

    /// A dial failed; the next one follows after a pause. True if people should hear of it.
    fn failed(&self, address: SocketAddr, why: &DialError, pause: Duration) -> bool;
}

/// Dials until the task is aborted, or the network is gone.
pub(super) async fn keep_dialling(network: Arc<impl Dials>, address: SocketAddr) {
    let mut changes = network.changes();
    let mut pauses = Pauses::new(network.listens_at(), address);
    while until(&mut changes, || !network.reaches(address)).await {
        let waiting = timeout(pauses.next(), until(&mut changes, || network.reaches(address)));
        let outcome = if waiting.await.is_ok() { Ok(()) } else { network.dial(address).await };
        match outcome {
            Ok(()) => {
                network.reached(address);
                pauses.reached();
            }
            Err(why) => {
                let pause = pauses.failed(&why, network.jitter());
                if network.failed(address, &why, pause) {
                    tracing::warn!(%address, "no path: {why}");
                } else {
                    tracing::debug!(%address, "still no path: {why}");
                }
            }
        }
    }
}

/// Waits until this holds; false if the network is gone.
pub(super) async fn until(
    changes: &mut watch::Receiver<()>,
    mut holds: impl FnMut() -> bool,
) -> bool {
    changes.wait_for(|()| holds()).await.is_ok()
}
