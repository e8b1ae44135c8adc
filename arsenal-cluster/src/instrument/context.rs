//! What a message carries along for traces: which request it belongs to, and which message led to it.

use std::cell::RefCell;

/// One step of a request, as W3C Trace Context has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct TraceContext {
    pub(crate) trace: u128,
    /// The message.
    pub(crate) span: u64,
    /// The session that follows the request wherever it goes; zero for none.
    pub(crate) session: u64,
}

thread_local! {
    static CURRENT: RefCell<Option<TraceContext>> = const { RefCell::new(None) };
}
