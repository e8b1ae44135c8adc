//! Where a panic happened: known only while it happens, to the hook of the whole program.

use std::{
    backtrace::{Backtrace, BacktraceStatus},
    cell::{Cell, RefCell},
    panic::{self, PanicHookInfo},
};

thread_local! {
    /// How many guards stand around what this thread runs.
    static GUARDS: Cell<u32> = const { Cell::new(0) };
    static LOCATION: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// Lets the log say where an operation panicked, in the one line that it has of each failure; with
/// `RUST_BACKTRACE` set, also how it got there. Without this the standard library prints that to
/// standard error, apart from the log.
///
/// Changes the panic hook of the program; panics outside of operations go to the hook that was there
/// before. To be called once, when the program starts.
pub fn locate_panics() {
    let previous = panic::take_hook();
    panic::set_hook(Box::new(move |panic| {
        if GUARDS.get() > 0 {
            LOCATION.set(Some(described(panic)));
        } else {
            previous(panic);
        }
    }));
}

#[cold]
fn described(panic: &PanicHookInfo<'_>) -> String {
    let location = panic.location().map_or_else(|| String::from("?"), ToString::to_string);
    let backtrace = Backtrace::capture();
    if backtrace.status() == BacktraceStatus::Captured {
        format!("{location}\n{backtrace}")
    } else {
        location
    }
}

/// Stands around code whose panic is caught and logged, as long as it lives.
pub(crate) struct PanicGuard(());

impl PanicGuard {
    pub(crate) fn new() -> Self {
        GUARDS.set(GUARDS.get() + 1);
        Self(())
    }

    /// Ends with the panic that has just been caught, and says where that was if [`locate_panics`]
    /// was called.
    pub(crate) fn into_location(self) -> Option<String> {
        drop(self);
        LOCATION.take()
    }
}

impl Drop for PanicGuard {
    fn drop(&mut self) {
        GUARDS.set(GUARDS.get() - 1);
    }
}
