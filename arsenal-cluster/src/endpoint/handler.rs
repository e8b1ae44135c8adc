//! What a node does with what arrives.

use std::{net::SocketAddr, time::Duration};

use bytes::Bytes;
use futures_util::{future::BoxFuture, stream::BoxStream};

use crate::network::{Down, Peer, PeerId};

/// The node, as its endpoint sees it. All but [`call`](Self::call) and [`open`](Self::open) must return
/// at once: everything that arrives waits for it.
pub trait Handler: Send + Sync + 'static {
    /// A request. The answer is opaque here; a failure of the operation is an answer, too.
    ///
    /// Called and awaited in a task of its own, never while frames are delivered. The future is
    /// dropped when `time_left` is over.
    fn call(&self, from: &PeerId, body: Bytes, time_left: Duration) -> BoxFuture<'static, Bytes>;

    /// A request for a stream. Its items are opaque here; a failure of the operation is an item, too.
    ///
    /// Called and polled in a task of its own, and no further than the peer has room. The stream is
    /// dropped when nobody waits for it any more, and when `time_left` is over before its first item
    /// or its end is there; from then on it has no deadline.
    fn open(&self, from: &PeerId, body: Bytes, time_left: Duration) -> BoxStream<'static, Bytes>;

    /// The answer that takes the place of one that is longer than a frame.
    fn reply_too_large(&self) -> Bytes;

    /// A path came up. Calls to the peer work from now on.
    fn up(&self, peer: &Peer);

    /// The path is gone. Calls that waited have got their error.
    fn down(&self, peer: &PeerId, why: Down);

    /// A datagram of a node of this cluster. The endpoint only passes it on.
    fn datagram(&self, from: SocketAddr, bytes: Bytes);

    /// The start that holds the name of a newcomer, if that is another one which lives without a path
    /// from here. The newcomer is refused then.
    fn holder(&self, _newcomer: &PeerId) -> Option<PeerId> {
        None
    }

    /// A newcomer was refused, since another start of its node is alive.
    fn refused(&self, _newcomer: &PeerId, _holder: &PeerId) {}

    /// A peer refused this node, since another start of it is alive.
    fn name_held(&self, _holder: &PeerId) {}
}
