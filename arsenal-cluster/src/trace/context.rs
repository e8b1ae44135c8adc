//! What a message carries along: which request it belongs to, and which sessions follow it.

use std::{cell::RefCell, sync::Arc};

use arsenal_core::telemetry::{self, SpanId};

use super::{Session, event::Actor, followers::Followers, reply::ReplyWatch};
use crate::instrument::Home;

/// One step of a request: a message, as W3C Trace Context has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Context {
    /// The trace, and in it the message.
    pub(super) w3c: telemetry::TraceContext,
    /// The sessions that follow the request wherever it goes; also those that this node does not have.
    pub(super) followers: Followers,
}

/// A context on its way with a message, and what the sender knew of it.
#[derive(Debug)]
pub(crate) struct Carried {
    pub(super) context: Context,
    /// The message whose handling led to it, where it was sent on this node.
    pub(super) parent: Option<SpanId>,
    /// Whether it goes on from an earlier step; else it begins here.
    pub(super) is_continued: bool,
    /// The name of its variant.
    pub(super) message: Option<&'static str>,
    /// In nanoseconds, where it was sent on this node.
    pub(super) sent_at: Option<u64>,
    pub(super) payload: Option<Arc<str>>,
    /// Where the reply will be noticed.
    pub(super) reply: Option<Arc<ReplyWatch>>,
}

/// What this thread does now, on whose behalf.
#[derive(Clone, Debug)]
pub(super) struct Current {
    pub(super) context: Context,
    pub(super) home: Home,
    /// The actor whose handler runs; none in an operation.
    pub(super) actor: Option<Actor>,
    /// The sessions that trace what the handler does.
    pub(super) sessions: Vec<Arc<Session>>,
}

thread_local! {
    static CURRENT: RefCell<Option<Arc<Current>>> = const { RefCell::new(None) };
}

impl Context {
    /// A message that nothing led to.
    pub(super) fn new() -> Self {
        Self { w3c: telemetry::TraceContext::new().child(), followers: Followers::default() }
    }

    /// A message that this one leads to.
    pub(super) fn child(&self) -> Self {
        Self { w3c: self.w3c.child(), followers: self.followers }
    }

    pub(super) fn span(&self) -> Option<SpanId> {
        self.w3c.span_id()
    }
}

/// Runs something inside of a trace: the messages that it sends belong to it, as far as anybody traces.
///
/// For operations that send messages to actors: `in_context(context.trace(), || actor.cast(…))`. What is
/// sent after an `await` is not inside.
pub fn in_context<T>(trace: telemetry::TraceContext, work: impl FnOnce() -> T) -> T {
    let context = Context { w3c: trace, followers: Followers::default() };
    let home = Home::current();
    let current = Current { context, home, actor: None, sessions: Vec::new() };
    let _inside = enter(Arc::new(current));
    work()
}

/// What this thread does now; none where that is not traced.
pub(super) fn current() -> Option<Arc<Current>> {
    CURRENT.try_with(|current| current.borrow().clone()).ok().flatten()
}

/// Until the guard is dropped, this thread does this.
pub(super) fn enter(current: Arc<Current>) -> Inside {
    Inside { before: CURRENT.replace(Some(current)) }
}

#[must_use]
pub(crate) struct Inside {
    before: Option<Arc<Current>>,
}

impl Drop for Inside {
    fn drop(&mut self) {
        let before = self.before.take();
        // The thread may be ending.
        let _left = CURRENT.try_with(|current| current.replace(before));
    }
}
