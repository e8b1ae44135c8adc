//! All strategies of a node together.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
    net::SocketAddr,
    sync::Arc,
};

use futures_util::future::BoxFuture;
use tokio::time::Instant;

use super::{Discovery, Strategy, static_list, watch::Watch};
use crate::{clock::WallClock, network::Peer};

/// What is known through each strategy of a node.
pub(crate) struct Discoveries(Vec<Arc<Watch>>);

/// The work of one strategy; it goes on until it is dropped.
pub(crate) type Looking = BoxFuture<'static, ()>;

impl Discoveries {
    /// For addresses that were given for good, and for strategies; the work of these is to be spawned.
    pub(crate) fn new(
        me: &Peer,
        given: &[SocketAddr],
        strategies: Vec<Box<dyn Strategy>>,
        now: Instant,
    ) -> (Self, Vec<Looking>) {
        let given = (!given.is_empty()).then(|| static_list::watch(me.address, given, now));
        let mut watches = Vec::from_iter(given.map(Arc::new));
        let mut work = Vec::new();
        for mut strategy in strategies {
            let watch = Arc::new(Watch::new(&*strategy, me.address, now));
            watches.push(Arc::clone(&watch));
            let me = me.clone();
            let looking: Looking =
                Box::pin(async move { watch.keep_looking(&mut *strategy, &me).await });
            work.push(looking);
        }
        (Self(watches), work)
    }

    /// Every address that is known at a time, with the time since when.
    pub(crate) fn addresses(&self, now: Instant) -> BTreeMap<SocketAddr, Instant> {
        let mut addresses = BTreeMap::new();
        for (address, since) in self.0.iter().flat_map(|watch| watch.addresses(now)) {
            let earliest = addresses.entry(address).or_insert(since);
            *earliest = since.min(*earliest);
        }
        addresses
    }

    /// How every strategy stands.
    pub(crate) fn describe(&self, now: Instant, clock: WallClock) -> Vec<Discovery> {
        self.0.iter().map(|watch| watch.describe(now, clock)).collect()
    }
}

impl fmt::Debug for Discoveries {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let addresses: BTreeSet<SocketAddr> = self.addresses(Instant::now()).into_keys().collect();
        formatter.debug_struct("Discoveries").field("addresses", &addresses).finish_non_exhaustive()
    }
}
