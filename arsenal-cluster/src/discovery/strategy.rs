//! What a strategy is: somebody who is asked where other nodes are.

use std::{collections::BTreeSet, error::Error, net::SocketAddr, time::Duration};

use futures_util::future::BoxFuture;

use super::DiscoveryKind;
use crate::network::Peer;

/// Why nothing was found out. Its text is shown to people, and so names what was looked at.
pub type LookError = Box<dyn Error + Send + Sync>;

/// A source of addresses of other nodes.
///
/// It is asked at its own pace, sooner while it fails, one look at a time. A look is given up after
/// [`LOOK_MAX`](super::LOOK_MAX).
pub trait Strategy: Send + 'static {
    /// What it is.
    fn kind(&self) -> DiscoveryKind;

    /// What it looks at, as its user would write it: a path, a name, a group.
    fn watches(&self) -> String;

    /// The pause between two looks, while all is well.
    fn every(&self) -> Duration;

    /// Finds out which addresses there are now. `me` is the node that asks, for strategies that
    /// announce it; that its own address is among those found does no harm.
    fn look<'a>(&'a mut self, me: &'a Peer) -> BoxFuture<'a, Result<Answer, LookError>>;
}

/// What a look has found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Answer {
    /// The addresses, with those of the node that asks.
    pub addresses: BTreeSet<SocketAddr>,
    /// Whether this is all there is, so that an address that is missing is gone.
    pub is_whole: bool,
    /// What was wrong with a part of it.
    pub trouble: Option<String>,
}

impl Answer {
    /// All there is: what is missing is gone.
    pub fn whole(addresses: impl IntoIterator<Item = SocketAddr>) -> Self {
        Self { addresses: addresses.into_iter().collect(), is_whole: true, trouble: None }
    }

    /// There may be more: an answer of DNS is cut, an announcement gets lost.
    pub fn part(addresses: impl IntoIterator<Item = SocketAddr>) -> Self {
        Self { is_whole: false, ..Self::whole(addresses) }
    }

    /// The same, of which a part could not be found out.
    #[must_use]
    pub fn with_trouble(self, trouble: Option<String>) -> Self {
        Self { trouble, ..self }
    }
}
