//! A message that is handled: counted, measured, and not lost sight of where its handler panics or is
//! killed.

use std::{
    pin::Pin,
    task::{Context, Poll, ready},
    time::Duration,
};

use pin_project_lite::pin_project;
use ractor::{ActorProcessingErr, ActorRef, Message};
use tokio::time::Instant;

use super::{
    control::Held,
    parcel::Arrival,
    record::{Flag, Record},
};
use crate::trace::{Carried, Handling};

pin_project! {
    /// The future of a handler.
    ///
    /// Small, for ractor moves it several times before it is polled. What most messages do not need is
    /// behind a pointer; and there is one place where the handler is polled, so that it can become part of
    /// ractor's loop as if nothing were around it.
    pub(super) struct Handled<'a, F, P> {
        // None while its message is held back.
        #[pin]
        handler: Option<F>,
        // Before what tells traces of the end: a panic is noted first.
        running: Running<'a>,
        special: Special<'a, P>,
    }
}

/// What is known of a handler that has not ended. Dropped before its end, it was killed or panicked.
pub(super) struct Running<'a> {
    record: &'a Record,
    is_measured: bool,
    has_waited: bool,
    is_unfinished: bool,
}

/// What most messages do not need, and so behind a pointer.
struct Special<'a, P>(Option<Box<Steps<'a, P>>>);

/// Of a message that is held back, or traced.
struct Steps<'a, P> {
    /// What comes before the handler.
    preparation: Option<Pin<Box<P>>>,
    traced: Option<Handling<'a>>,
}

/// A handler that can be run.
pub(super) struct Prepared<'a, F> {
    handler: F,
    running: Running<'a>,
    traced: Option<Handling<'a>>,
}

/// The message that ractor unboxed just now is given to its handler.
#[expect(clippy::inline_always, reason = "what is spared for each message counts")]
#[inline(always)]
pub(super) fn handled<'a, 's, M: Message, S: 'static, F>(
    record: &'a Record,
    given: (ActorRef<M>, M, &'s mut S),
    handle: impl FnOnce(ActorRef<M>, M, &'s mut S) -> F,
) -> Handled<'a, F, impl Future<Output = Option<Prepared<'a, F>>>> {
    let arrival = Arrival::of_last::<M>();
    if !record.is_plain() || arrival.has_context {
        return handled_specially(record, arrival, given, handle);
    }
    let running = Running::begin(record, arrival);
    let (myself, message, state) = given;
    // Made where it will stay, which spares a copy of the message.
    Handled { handler: Some(handle(myself, message, state)), running, special: Special::NONE }
}

/// A message that is held back, or traced.
#[cold]
#[inline(never)]
fn handled_specially<'a, 's, M: Message, S: 'static, F>(
    record: &'a Record,
    arrival: Arrival,
    given: (ActorRef<M>, M, &'s mut S),
    handle: impl FnOnce(ActorRef<M>, M, &'s mut S) -> F,
) -> Handled<'a, F, impl Future<Output = Option<Prepared<'a, F>>>> {
    let carried = arrival.take_context();
    let preparation = Some(Box::pin(prepared(record, arrival, carried, given, handle)));
    let special = Special(Some(Box::new(Steps { preparation, traced: None })));
    Handled { handler: None, running: Running::not_yet(record), special }
}

/// Waits until a pause is over, and begins to trace. None where the message is dropped.
async fn prepared<'a, 's, M: Message, S: 'static, F>(
    record: &'a Record,
    arrival: Arrival,
    carried: Option<Box<Carried>>,
    (myself, message, state): (ActorRef<M>, M, &'s mut S),
    handle: impl FnOnce(ActorRef<M>, M, &'s mut S) -> F,
) -> Option<Prepared<'a, F>> {
    if record.is(Flag::Paused) && record.hold(state).await == Held::Dropped {
        return None;
    }
    let traced = Handling::begin(record, arrival, carried);
    let running = Running::begin(record, arrival);
    // A handler may begin its work before it is polled.
    let inside = traced.as_ref().map(Handling::enter);
    let handler = handle(myself, message, state);
    drop(inside);
    Some(Prepared { handler, running, traced })
}

impl<'a, F, P> Future for Handled<'a, F, P>
where
    F: Future<Output = Result<(), ActorProcessingErr>>,
    P: Future<Output = Option<Prepared<'a, F>>>,
{
    type Output = F::Output;

    #[expect(clippy::inline_always, reason = "what is spared for each message counts")]
    #[inline(always)]
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        let mut this = self.project();
        let mut inside = None;
        if let Some(steps) = &mut this.special.0 {
            if let Some(preparation) = &mut steps.preparation {
                let prepared = ready!(preparation.as_mut().poll(cx));
                steps.preparation = None;
                let Some(Prepared { handler, running, traced }) = prepared else {
                    return Poll::Ready(Ok(()));
                };
                this.handler.set(Some(handler));
                *this.running = running;
                steps.traced = traced;
            }
            inside = steps.traced.as_ref().map(Handling::enter);
        }
        let handler = this.handler.as_pin_mut().expect("polled again after its end");
        let running = this.running;
        let began = running.is_measured.then(Instant::now);
        let polled = handler.poll(cx);
        let took = began.map(|began| began.elapsed());
        drop(inside);
        // Made anew in each case: a copy of the whole would wait for its parts to be written.
        match polled {
            Poll::Ready(Ok(())) => {
                running.end(took);
                this.special.ended(None);
                Poll::Ready(Ok(()))
            }
            Poll::Ready(Err(error)) => {
                running.end(took);
                running.record.failed(&error);
                this.special.ended(Some(&error));
                Poll::Ready(Err(error))
            }
            Poll::Pending => {
                running.waits(took);
                Poll::Pending
            }
        }
    }
}

impl<P> Special<'_, P> {
    const NONE: Self = Self(None);

    #[inline]
    fn ended(&mut self, error: Option<&ActorProcessingErr>) {
        if let Some(traced) = self.0.as_mut().and_then(|steps| steps.traced.as_mut()) {
            traced.ended(error);
        }
    }
}

impl<P> Drop for Special<'_, P> {
    /// As it would be anyway, but out of the way where there is nothing to drop.
    #[inline]
    fn drop(&mut self) {
        #[cold]
        #[inline(never)]
        fn done<T>(steps: T) {
            drop(steps);
        }
        if let Some(steps) = self.0.take() {
            done(steps);
        }
    }
}

impl<'a> Running<'a> {
    /// A message was taken.
    #[inline]
    fn begin(record: &'a Record, arrival: Arrival) -> Self {
        let is_measured = record.taken(arrival);
        Self { record, is_measured, has_waited: false, is_unfinished: true }
    }

    fn not_yet(record: &'a Record) -> Self {
        Self { record, is_measured: false, has_waited: false, is_unfinished: false }
    }

    #[inline]
    fn end(&mut self, took: Option<Duration>) {
        self.is_unfinished = false;
        self.record.ended(self.is_measured, self.has_waited, took);
    }

    #[cold]
    fn broken_off(&mut self) {
        self.record.ended(self.is_measured, self.has_waited, None);
        self.record.note_panic();
    }

    fn waits(&mut self, took: Option<Duration>) {
        if !self.has_waited || took.is_some() {
            self.record.waits(!self.has_waited, took);
            self.has_waited = true;
        }
    }
}

impl Drop for Running<'_> {
    #[inline]
    fn drop(&mut self) {
        if self.is_unfinished {
            self.broken_off();
        }
    }
}
