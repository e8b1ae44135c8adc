//! Why an actor fails: an error that it answers, or a panic.

use std::thread;

use ractor::ActorProcessingErr;

use super::{
    history::End,
    panics::{self, Panicked, shortened},
    record::Record,
};

/// Notes why an actor fails in what is not the handling of a message: its start, its end, an event of
/// what it supervises.
pub(super) async fn watched<T>(
    record: &Record,
    work: impl Future<Output = Result<T, ActorProcessingErr>>,
) -> Result<T, ActorProcessingErr> {
    struct Noted<'a>(&'a Record);
    impl Drop for Noted<'_> {
        fn drop(&mut self) {
            self.0.note_panic();
        }
    }
    let noted = Noted(record);
    let outcome = work.await;
    drop(noted);
    outcome.inspect_err(|error| record.failed(error))
}

impl Record {
    pub(super) fn failed(&self, error: &ActorProcessingErr) {
        self.ends(End::Failed { error: shortened(&error.to_string()), location: None });
    }

    /// To be called where something is dropped before its end: by a panic, or because it was killed.
    pub(super) fn note_panic(&self) {
        if thread::panicking() {
            let Panicked { message, location } = panics::last();
            self.ends(End::Failed { error: format!("panicked: {message}"), location });
        }
    }
}
