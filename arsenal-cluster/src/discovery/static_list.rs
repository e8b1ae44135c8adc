//! Addresses that were given at start. They are known from then on, for good: nobody is asked.

use std::net::SocketAddr;

use tokio::time::Instant;

use super::{DiscoveryKind, known::Known, watch::Watch};

/// Knows these addresses.
pub(super) fn watch(me: SocketAddr, addresses: &[SocketAddr], now: Instant) -> Watch {
    let texts: Vec<String> = addresses.iter().map(ToString::to_string).collect();
    let known = Known::for_good(me, addresses.iter().copied(), now);
    Watch::settled(DiscoveryKind::Static, texts.join(","), known)
}
