//! A handler that runs: counted, measured, and not lost sight of where it panics or is killed.

use std::{
    pin::Pin,
    task::{Context, Poll},
    thread,
    time::Duration,
};

use pin_project_lite::pin_project;
use ractor::ActorProcessingErr;
use tokio::time::Instant;

use super::{
    history::End,
    panics::{self, Panicked, shortened},
    parcel::Arrival,
    record::Record,
};

pin_project! {
    /// The future of a handler.
    pub(crate) struct Timed<'a, F> {
        #[pin]
        handler: F,
        running: Running<'a>,
    }
}

/// What is known of a handler that has not ended. Dropped before its end, it was killed or panicked.
///
/// Small, for ractor moves the future of a handler several times before it is polled.
struct Running<'a> {
    record: &'a Record,
    is_measured: bool,
    has_waited: bool,
    has_ended: bool,
}

impl<'a, F> Timed<'a, F> {
    /// A message was taken, and this handles it.
    pub(crate) fn new(record: &'a Record, arrival: &Arrival, handler: F) -> Self {
        Self::begin(record, arrival, || handler)
    }

    /// As [`Timed::new`]; the handler is made where it will stay, which spares a copy of the message.
    #[inline]
    pub(crate) fn begin(
        record: &'a Record,
        arrival: &Arrival,
        handler: impl FnOnce() -> F,
    ) -> Self {
        let is_measured = record.taken(arrival);
        let running = Running { record, is_measured, has_waited: false, has_ended: false };
        Self { handler: handler(), running }
    }
}

impl<F: Future<Output = Result<(), ActorProcessingErr>>> Future for Timed<'_, F> {
    type Output = F::Output;

    #[inline]
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        let this = self.project();
        let running = this.running;
        let began = running.is_measured.then(Instant::now);
        let polled = this.handler.poll(cx);
        let took = began.map(|began| began.elapsed());
        // Made anew in each case: a copy of the whole would wait for its parts to be written.
        match polled {
            Poll::Ready(Ok(())) => {
                running.end(took);
                Poll::Ready(Ok(()))
            }
            Poll::Ready(Err(error)) => {
                running.end(took);
                running.record.failed(&error);
                Poll::Ready(Err(error))
            }
            Poll::Pending => {
                running.waits(took);
                Poll::Pending
            }
        }
    }
}

impl Running<'_> {
    #[inline]
    fn end(&mut self, took: Option<Duration>) {
        self.has_ended = true;
        self.record.ended(self.is_measured, self.has_waited, took);
    }

    fn waits(&mut self, took: Option<Duration>) {
        if !self.has_waited || took.is_some() {
            self.record.waits(!self.has_waited, took);
            self.has_waited = true;
        }
    }
}

impl Drop for Running<'_> {
    fn drop(&mut self) {
        if !self.has_ended {
            self.record.ended(self.is_measured, self.has_waited, None);
            self.record.note_panic();
        }
    }
}

/// Notes why an actor fails in what is not the handling of a message: its start, its end, an event of
/// what it supervises.
pub(crate) async fn watched<T>(
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
    fn failed(&self, error: &ActorProcessingErr) {
        self.ends(End::Failed { error: shortened(&error.to_string()), location: None });
    }

    /// To be called where something is dropped before its end: by a panic, or because it was killed.
    fn note_panic(&self) {
        if thread::panicking() {
            let Panicked { message, location } = panics::last();
            self.ends(End::Failed { error: format!("panicked: {message}"), location });
        }
    }
}
