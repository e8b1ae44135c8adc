//! Noticing the reply of a call.
//!
//! ractor hands a port to the actor and does not say when it is used. Two kinds of ports are bridges of
//! ours, see [`crate::message`]: those of calls from another node, and those of messages from JSON. Their
//! tasks see the reply. A call between actors of one node is not seen: to look, its port would have to be
//! another one, and the actor could tell.

use std::{
    cell::RefCell,
    sync::{Arc, OnceLock},
};

use super::{Session, event::Happened, is_active};
use crate::instrument::clock;

/// Told of by the bridge, filled in by whoever takes the message.
#[derive(Debug, Default)]
pub(crate) struct ReplyWatch(OnceLock<Watched>);

/// What is to be told of the reply.
#[derive(Debug)]
pub(super) struct Watched {
    pub(super) sessions: Vec<Arc<Session>>,
    /// As it will be, but for its time.
    pub(super) event: Happened,
}

thread_local! {
    /// The port of the message that is being made on this thread.
    static MADE: RefCell<Option<Arc<ReplyWatch>>> = const { RefCell::new(None) };
}

impl ReplyWatch {
    /// For the port of a message that is being made; none where nobody traces.
    pub(crate) fn of_port() -> Option<Arc<Self>> {
        if !is_active() {
            return None;
        }
        let watch = Arc::new(Self::default());
        MADE.replace(Some(Arc::clone(&watch)));
        Some(watch)
    }

    /// The one of the message that was just made, given once.
    pub(super) fn of_last() -> Option<Arc<Self>> {
        MADE.take()
    }

    /// Forgets the one of an earlier message.
    pub(crate) fn forget_last() {
        if is_active() {
            MADE.take();
        }
    }

    pub(super) fn watch(&self, watched: Watched) {
        let _only_once = self.0.set(watched);
    }

    /// The reply was given.
    pub(crate) fn replied(&self) {
        let Some(Watched { sessions, event }) = self.0.get() else { return };
        let at = clock::nanos();
        let since = at.saturating_sub(event.at);
        let took = Some(std::time::Duration::from_nanos(since));
        for session in sessions {
            session.tell(Happened { at, took, ..event.clone() });
        }
    }
}
