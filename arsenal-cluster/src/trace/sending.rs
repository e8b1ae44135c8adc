//! What happens where a message is sent, once anybody traces.

use ractor::{ActorId, message::SerializedMessage};

use super::{
    Sessions, TraceKind,
    context::{Carried, Context, current},
    event::{Actor, Happened},
    is_running, metadata, payload,
    reply::ReplyWatch,
};
use crate::{
    instrument::{Home, clock, records},
    message::ArsenalMessage,
};

/// A message is about to be sent. What it is to carry along; nothing where neither its target is traced
/// nor what this thread does.
#[cold]
pub(crate) fn sent<M: ArsenalMessage>(message: &M, to: &ActorId) -> Option<Box<Carried>> {
    let reply = ReplyWatch::of_last();
    let current = current();
    if current.is_none() && !is_running() {
        return None;
    }
    let record = match to {
        ActorId::Local(local) => records::get(*local),
        ActorId::Remote { .. } => None,
    };
    let target = record.as_ref().filter(|record| record.is_traced());
    let home = match (&current, target) {
        (Some(current), _) => current.home,
        (None, Some(record)) => record.home,
        (None, None) => return None,
    };
    let sessions = Sessions::of(home)?;
    let at = clock::nanos();
    let name = M::VARIANTS.get(usize::from(message.variant())).copied();
    let is_continued = current.is_some();
    let mut context = current.as_ref().map_or_else(Context::new, |current| current.context.child());
    let target = target.map(|record| Actor::of(record));
    let mut chosen = sessions.choose(target, name, &mut context, at);
    for session in current.iter().flat_map(|current| &current.sessions) {
        if chosen.iter().all(|one| one.id() != session.id()) {
            chosen.push(session.clone());
        }
    }
    let is_shown = chosen.iter().any(|session| session.plan.payloads);
    let payload = is_shown.then(|| message.show().map(payload::shortened)).flatten();
    let parent = current.as_ref().and_then(|current| current.context.span());
    let actor = current.as_ref().and_then(|current| current.actor);
    let event = Happened {
        to: to.is_local().then(|| to.pid()),
        message: name,
        trace: Some(context.w3c.trace_id()),
        span: context.span(),
        parent,
        ..Happened::new(TraceKind::Sent, at, actor)
    };
    for session in chosen {
        let payload = payload.clone().filter(|_| session.plan.payloads);
        session.tell(Happened { payload, ..event.clone() });
    }
    let sent_at = Some(at);
    Some(Box::new(Carried {
        context,
        parent,
        is_continued,
        message: name,
        sent_at,
        payload,
        reply,
    }))
}

/// A message that goes to another node, with what it carries along.
pub(crate) fn serialized(message: SerializedMessage, carried: &Carried) -> SerializedMessage {
    metadata::with_context(message, &carried.context)
}

/// What came along with a message from another node, see [`arrived`].
pub(crate) fn context_of(message: &SerializedMessage) -> Option<Context> {
    // The port of an earlier message that was not taken.
    ReplyWatch::forget_last();
    metadata::context_of(message)
}

/// A message came from another node. What it carries along; nothing where it has no context and waits for
/// no reply.
#[cold]
pub(crate) fn arrived<M: ArsenalMessage>(
    message: &M,
    context: Option<Context>,
) -> Option<Box<Carried>> {
    let reply = ReplyWatch::of_last();
    if context.is_none() && reply.is_none() {
        return None;
    }
    let sessions = Sessions::of(Home::current());
    let is_shown = sessions
        .is_some_and(|sessions| sessions.live().iter().any(|session| session.plan.payloads));
    Some(Box::new(Carried {
        is_continued: context.is_some(),
        context: context.unwrap_or_else(Context::new),
        parent: None,
        message: M::VARIANTS.get(usize::from(message.variant())).copied(),
        sent_at: None,
        payload: is_shown.then(|| message.show().map(payload::shortened)).flatten(),
        reply,
    }))
}
