//! Where a panic happened: ractor passes on what was said, but not the place.

use std::{cell::RefCell, panic, sync::Once};

/// What is kept of a text that a program gives about an error.
pub(crate) const ERROR_CHARS_MAX: usize = 1000;

/// What is known of a panic.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Panicked {
    pub(crate) message: String,
    /// File, line and column, where the hook of the program has not been replaced since.
    pub(crate) location: Option<String>,
}

thread_local! {
    static LAST: RefCell<Option<Panicked>> = const { RefCell::new(None) };
}

/// Notes panics from now on, before whatever the program does with them.
pub(crate) fn note_panics() {
    static NOTED: Once = Once::new();
    NOTED.call_once(|| {
        let next = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            let payload = info.payload();
            let text = payload.downcast_ref::<&str>().copied();
            let text = text.or_else(|| payload.downcast_ref::<String>().map(String::as_str));
            let message = shortened(text.unwrap_or("a panic without a text"));
            let location = info.location().map(ToString::to_string);
            // The thread may be ending.
            let _noted = LAST.try_with(|last| last.replace(Some(Panicked { message, location })));
            next(info);
        }));
    });
}

/// The panic that unwinds this thread, given once.
pub(crate) fn last() -> Panicked {
    let last = LAST.try_with(RefCell::take).ok().flatten();
    last.unwrap_or_else(|| Panicked { message: String::from("it panicked"), location: None })
}

/// The beginning of a text.
pub(crate) fn shortened(text: &str) -> String {
    match text.char_indices().nth(ERROR_CHARS_MAX) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    }
}
