//! Replies of any type, on their way back to JSON.

use ractor::{
    RpcReplyPort,
    concurrency::{oneshot, spawn},
};
use serde::Serialize;

use super::{MessageError, Reply, encode::encode};
use crate::trace::ReplyWatch;

/// The reply that a message asks for while it is made.
#[doc(hidden)]
#[derive(Default)]
pub struct Replies {
    reply: Option<Reply>,
}

impl Replies {
    /// A port for the message. It stays open until the actor has let go of it, whoever waits for the
    /// reply: many handlers fail where they cannot reply, and nobody who gives up waiting, or never
    /// wanted the reply, may end an actor by that. The task ends with the port.
    pub fn port<R: Serialize + Send + 'static>(&mut self) -> RpcReplyPort<R> {
        let (port, reply) = oneshot::<R>();
        let (encoded, wanted) = oneshot();
        let watch = ReplyWatch::of_port();
        spawn(async move {
            let reply = reply.await.map_err(|_closed| MessageError::NoReply);
            if let (Ok(_), Some(watch)) = (&reply, watch) {
                watch.replied();
            }
            if encoded.is_closed() {
                return;
            }
            let reply = reply.and_then(|reply| encode(&reply).map_err(MessageError::Unencodable));
            // Who gave up meanwhile does not hear of it.
            drop(encoded.send(reply));
        });
        self.reply =
            Some(Box::pin(async move { wanted.await.unwrap_or(Err(MessageError::NoReply)) }));
        port.into()
    }

    /// The reply to come, if the message has a port.
    pub(super) fn into_reply(self) -> Option<Reply> {
        self.reply
    }
}

impl std::fmt::Debug for Replies {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Replies").field("is_wanted", &self.reply.is_some()).finish()
    }
}
