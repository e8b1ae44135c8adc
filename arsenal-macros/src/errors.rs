//! Everything that is wrong, collected, so that one compile reports all of it.

use proc_macro2::{Span, TokenStream};

/// Mistakes in the order found. Must be finished: dropping it would lose them.
pub(crate) struct Errors {
    all: Vec<syn::Error>,
    is_finished: bool,
}

impl Errors {
    pub(crate) fn new() -> Self {
        Self { all: Vec::new(), is_finished: false }
    }

    pub(crate) fn push(&mut self, error: syn::Error) {
        self.all.push(error);
    }

    pub(crate) fn at(&mut self, span: Span, message: impl std::fmt::Display) {
        self.push(syn::Error::new(span, message));
    }

    /// Keeps the mistake and goes on without the value.
    pub(crate) fn keep<T>(&mut self, result: syn::Result<T>) -> Option<T> {
        result.map_err(|error| self.push(error)).ok()
    }

    /// Adds what was collected apart; whether there was any.
    pub(crate) fn take_over(&mut self, mut other: Self) -> bool {
        other.is_finished = true;
        let has_any = !other.all.is_empty();
        self.all.append(&mut other.all);
        has_any
    }

    /// The mistakes as compile errors; `Ok` if there are none.
    pub(crate) fn finish(mut self) -> Result<(), TokenStream> {
        self.is_finished = true;
        if self.all.is_empty() {
            return Ok(());
        }
        Err(self.all.iter().map(syn::Error::to_compile_error).collect())
    }
}

impl Drop for Errors {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            assert!(self.is_finished, "mistakes were collected but never reported");
        }
    }
}
