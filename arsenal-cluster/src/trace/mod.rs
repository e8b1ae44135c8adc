//! Tracing of messages: who sends what to whom, when it is handled, and what that leads to, on all nodes.
//!
//! A [session](TracePlan) runs on every node, with bounds of its own. Where none runs in this process,
//! sending looks at one number and handling at nothing. Where one runs, messages to what it is on, and all
//! that their handlers send, carry a context; between nodes it travels as W3C Trace Context.

mod chrome;
mod context;
mod event;
mod followers;
#[cfg(test)]
mod ground;
mod handling;
mod id;
mod life;
mod log;
mod metadata;
mod order;
mod payload;
mod plan;
mod reply;
#[cfg(test)]
mod samples;
mod sending;
mod session;
mod sessions;
mod share;
mod skew;
mod subject;
mod table;
#[cfg(test)]
mod tests;
mod type_pattern;
mod watch;

use std::sync::atomic::{AtomicUsize, Ordering};

pub use chrome::{ChromeEvent, ChromeMetadata, ChromeTrace, chrome};
pub(crate) use context::Carried;
pub use context::in_context;
pub use event::{TraceEvent, TraceKind};
pub(crate) use handling::Handling;
pub use id::{InvalidSessionId, SessionId};
pub(crate) use life::{spawned, stopped};
pub use order::order;
pub use plan::{
    DURATION_MS_DEFAULT, DURATION_MS_MAX, EVENTS_DEFAULT, EVENTS_MAX, MESSAGE_CHARS_MAX,
    MESSAGES_MAX, SAMPLING_MIN, TracePlan, Traced,
};
pub(crate) use reply::ReplyWatch;
pub(crate) use sending::{arrived, context_of, sent, serialized};
pub(crate) use session::{Place, Session};
pub use sessions::Sessions;
pub use share::{
    NodeSession, SessionEnd, SessionShare, ShareEvents, TraceEvents, TraceSession, merge_sessions,
};
pub(crate) use subject::check_subject;
pub use type_pattern::{InvalidTypePattern, TypePattern};

/// For how many sessions this process of the operating system looks at messages: for those that run, and
/// for full ones that let pass what they follow.
static ACTIVE: AtomicUsize = AtomicUsize::new(0);

/// How many of them run.
static RUNNING: AtomicUsize = AtomicUsize::new(0);

/// Whether anybody traces: the one thing that is looked at where nobody does.
#[inline]
pub(crate) fn is_active() -> bool {
    ACTIVE.load(Ordering::Relaxed) != 0
}

/// Whether any session takes events. Where none does, only what carries a context already matters.
fn is_running() -> bool {
    RUNNING.load(Ordering::Relaxed) != 0
}
