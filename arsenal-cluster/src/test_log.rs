//! What a test's log says.

use std::{
    io::{self, Write},
    sync::{Arc, Mutex, PoisonError},
};

use tracing::{Dispatch, dispatcher, dispatcher::DefaultGuard};

/// The lines of a log.
#[derive(Clone, Default)]
pub(crate) struct Lines(Arc<Mutex<Vec<u8>>>);

impl Lines {
    /// Of what this thread logs until the guard is dropped.
    pub(crate) fn of_this_thread() -> (Self, DefaultGuard) {
        let (lines, dispatch) = Self::dispatched();
        (lines, dispatcher::set_default(&dispatch))
    }

    /// Of what the threads of a runtime log; each of them calls the function when it starts.
    pub(crate) fn of_threads() -> (Self, impl Fn() + Send + Sync + 'static) {
        let (lines, dispatch) = Self::dispatched();
        // A thread logs there until it ends.
        (lines, move || {
            Box::leak(Box::new(dispatcher::set_default(&dispatch)));
        })
    }

    pub(crate) fn text(&self) -> String {
        let bytes = self.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
        String::from_utf8(bytes).unwrap()
    }

    fn dispatched() -> (Self, Dispatch) {
        let lines = Self::default();
        let writer = lines.clone();
        let subscriber =
            tracing_subscriber::fmt().with_writer(move || writer.clone()).with_ansi(false).finish();
        (lines, Dispatch::new(subscriber))
    }
}

impl Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
