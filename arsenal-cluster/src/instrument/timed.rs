//! A handler that runs: counted, measured, and not lost sight of where it panics or is killed.

use std::{
    pin::Pin,
    task::{Context, Poll},
    thread,
};

use pin_project_lite::pin_project;
use ractor::ActorProcessingErr;

use super::{
    history::End,
    panics::{self, Panicked, shortened},
    parcel::Arrival,
    record::{Measurement, Record},
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
struct Running<'a> {
    record: &'a Record,
    measurement: Option<Measurement>,
    has_waited: bool,
    has_ended: bool,
}

impl<'a, F> Timed<'a, F> {
    /// A message was taken, and this handles it.
    #[inline]
    pub(crate) fn new(record: &'a Record, arrival: &Arrival, handler: F) -> Self {
        let measurement = record.taken(arrival);
        let running = Running { record, measurement, has_waited: false, has_ended: false };
        Self { handler, running }
    }
}

impl<F: Future<Output = Result<(), ActorProcessingErr>>> Future for Timed<'_, F> {
    type Output = F::Output;

    #[inline]
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        let this = self.project();
        let running = this.running;
        let polled = match &mut running.measurement {
            Some(measurement) => measurement.poll(|| this.handler.poll(cx)),
            None => this.handler.poll(cx),
        };
        match &polled {
            Poll::Ready(outcome) => running.end(outcome.as_ref().err()),
            Poll::Pending if !running.has_waited => {
                running.has_waited = true;
                running.record.waits();
            }
            Poll::Pending => {}
        }
        polled
    }
}

impl Running<'_> {
    #[inline]
    fn end(&mut self, error: Option<&ActorProcessingErr>) {
        self.has_ended = true;
        self.record.ended(self.measurement.as_ref(), self.has_waited);
        if let Some(error) = error {
            self.record.failed(error);
        }
    }
}

impl Drop for Running<'_> {
    fn drop(&mut self) {
        if !self.has_ended {
            self.record.ended(self.measurement.as_ref(), self.has_waited);
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
