//! What happens where a message is handled, if it is traced or carries a context.

use std::{
    pin::Pin,
    sync::Arc,
    task::{Context as TaskContext, Poll},
    time::Duration,
};

use arsenal_core::telemetry::SpanId;
use pin_project_lite::pin_project;
use ractor::ActorProcessingErr;

use super::{
    Sessions, TraceKind,
    context::{Carried, Context, Current, enter},
    event::{Actor, Happened},
    life::error_of,
    reply::{ReplyWatch, Watched},
};
use crate::instrument::{Arrival, Flag, Record, clock, shortened};

/// A message whose handling is traced. Dropped before its end, the handler was killed or panicked.
pub(crate) struct Handling<'a> {
    record: &'a Record,
    current: Arc<Current>,
    parent: Option<SpanId>,
    message: Option<&'static str>,
    began_at: u64,
    has_ended: bool,
}

impl<'a> Handling<'a> {
    /// A message was taken from the mailbox. None where nobody traces it.
    pub(crate) fn begin(record: &'a Record, arrival: &mut Arrival) -> Option<Self> {
        let at = clock::nanos();
        let carried = arrival.context.take();
        let sessions = Sessions::of(record.home);
        let is_traced = record.is(Flag::Traced) && still_traced(record, sessions.as_deref(), at);
        let carried = match carried {
            Some(carried) => *carried,
            None if is_traced => Carried::unknown(record, arrival),
            None => return None,
        };
        let Carried { mut context, parent, is_continued, message, sent_at, payload, reply } =
            carried;
        let actor = Actor::of(record);
        let target = is_traced.then_some(actor);
        let chosen = sessions?.choose(target, message, &mut context, at);
        let waited = sent_at.map(|sent_at| Duration::from_nanos(at.saturating_sub(sent_at)));
        if chosen.is_empty() && !is_continued {
            return None;
        }
        let current = Current { context, home: record.home, actor: Some(actor), sessions: chosen };
        let began_at = at;
        let current = Arc::new(current);
        let this = Self { record, current, parent, message, began_at, has_ended: false };
        for session in &this.current.sessions {
            let payload = payload.clone().filter(|_| session.plan.payloads);
            let event = this.event(TraceKind::Received, at);
            session.tell(Happened { took: waited, payload, ..event });
        }
        this.watch(reply.as_deref());
        Some(this)
    }

    /// Runs the handler.
    pub(crate) fn run<F>(self, handler: impl FnOnce() -> F) -> Told<'a, F> {
        let inside = enter(Arc::clone(&self.current));
        let handler = handler();
        drop(inside);
        Told { handler, handling: self }
    }

    fn watch(&self, reply: Option<&ReplyWatch>) {
        if let Some(reply) = reply {
            let event = self.event(TraceKind::Replied, self.began_at);
            reply.watch(Watched { sessions: self.current.sessions.clone(), event });
        }
    }

    fn ended(&mut self, error: Option<&str>) {
        self.has_ended = true;
        let at = clock::nanos();
        let kind = if error.is_some() { TraceKind::Failed } else { TraceKind::Handled };
        let took = Some(Duration::from_nanos(at.saturating_sub(self.began_at)));
        let error: Option<Arc<str>> = error.map(Arc::from);
        for session in &self.current.sessions {
            session.tell(Happened { took, error: error.clone(), ..self.event(kind, at) });
        }
    }

    fn event(&self, kind: TraceKind, at: u64) -> Happened {
        let Context { w3c, .. } = self.current.context;
        Happened {
            message: self.message,
            trace: Some(w3c.trace_id()),
            span: w3c.span_id(),
            parent: self.parent,
            ..Happened::new(kind, at, self.current.actor)
        }
    }
}

impl Drop for Handling<'_> {
    fn drop(&mut self) {
        if !self.has_ended {
            let said = self.record.end().and_then(|end| error_of(&end));
            self.ended(Some(said.as_deref().unwrap_or("it was killed")));
        }
    }
}

impl Carried {
    /// Of a message that was sent before anybody traced, or whose type does not say what it carries.
    fn unknown(record: &Record, arrival: &Arrival) -> Self {
        let variants = record.types.message_spec.map(|spec| spec.variants).unwrap_or_default();
        let variant = arrival.variant.and_then(|variant| variants.get(usize::from(variant)));
        Self {
            context: Context::new(),
            parent: None,
            is_continued: false,
            message: variant.map(|variant| variant.name),
            sent_at: None,
            payload: None,
            reply: None,
        }
    }
}

/// Whether a session is still on an actor; the mark is taken off by the actor itself, so that the end of a
/// session need not look for its actors.
fn still_traced(record: &Record, sessions: Option<&Sessions>, at: u64) -> bool {
    let is_covered = || sessions.is_some_and(|sessions| sessions.covers(Actor::of(record), at));
    if is_covered() {
        return true;
    }
    record.set(Flag::Traced, false);
    // One may have begun in between, and its mark been taken off.
    let is_covered = is_covered();
    if is_covered {
        record.set(Flag::Traced, true);
    }
    is_covered
}

pin_project! {
    /// The future of a handler whose messages belong to the same trace.
    pub(crate) struct Told<'a, F> {
        // Before what tells of its end: a panic is noted first.
        #[pin]
        handler: F,
        handling: Handling<'a>,
    }
}

impl<F: Future<Output = Result<(), ActorProcessingErr>>> Future for Told<'_, F> {
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, cx: &mut TaskContext<'_>) -> Poll<F::Output> {
        let this = self.project();
        let inside = enter(Arc::clone(&this.handling.current));
        let polled = this.handler.poll(cx);
        drop(inside);
        if let Poll::Ready(outcome) = &polled {
            let error = outcome.as_ref().err().map(|error| shortened(&error.to_string()));
            this.handling.ended(error.as_deref());
        }
        polled
    }
}
