//! A message on its way: what `#[derive(ArsenalMessage)]` puts around it, unseen by sender and actor.
//!
//! ractor boxes a message where it is sent and unboxes it where it is handled. In between it is a
//! [`Parcel`], which is counted when it is made. What it carries is handed to the handler through a
//! thread-local, for ractor calls the handler right after unboxing, on the same thread.

use std::{any::TypeId, cell::Cell};

use ractor::{
    ActorId, Message,
    message::{BoxedDowncastErr, BoxedMessage, SerializedMessage},
};

use super::{record::Record, records};
use crate::{
    message::ArsenalMessage,
    trace::{self, Carried},
};

/// A message with what is known of its way. Not larger than it must be: it is allocated and moved for each
/// message.
enum Parcel<M> {
    /// Its receiver's record has counted it.
    Counted(M),
    /// It went to another node, or there was no record.
    Uncounted(M),
    /// It carries a context.
    Followed(Box<Followed<M>>),
}

struct Followed<M> {
    message: M,
    is_counted: bool,
    context: Box<Carried>,
}

/// What is known of a message that is about to be handled.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Arrival {
    /// Which variant it is; [`NO_VARIANT`] where its type does not say.
    pub(crate) variant: u16,
    /// Whether its type is counted where it is sent, but this one was not.
    pub(crate) is_uncounted: bool,
    pub(crate) has_context: bool,
}

/// No variant has this number.
pub(crate) const NO_VARIANT: u16 = u16::MAX;

// Plain data, which costs next to nothing to put down and to take; an actor that is not instrumented
// leaves it there.
thread_local! {
    /// The type of the message that was unboxed last.
    static UNBOXED: Cell<TypeId> = const { Cell::new(TypeId::of::<()>()) };
    static ARRIVAL: Cell<Arrival> = const { Cell::new(Arrival::UNKNOWN) };
    static CONTEXT: Cell<Option<Box<Carried>>> = const { Cell::new(None) };
}

/// What the derive's `box_message` does: counts the message for its receiver.
#[inline]
pub fn box_message<M: ArsenalMessage>(
    message: M,
    to: &ActorId,
) -> Result<BoxedMessage, BoxedDowncastErr> {
    let is_counted = match to {
        ActorId::Local(local) => records::look(*local, Record::sent).is_some(),
        ActorId::Remote { .. } => false,
    };
    let context = if trace::is_active() { trace::sent(&message, to) } else { None };
    Parcel::new(message, is_counted, context).box_message(to)
}

/// What the derive's `from_boxed` does.
#[expect(clippy::inline_always, reason = "what is spared for each message counts")]
#[inline(always)]
pub fn from_boxed<M: ArsenalMessage>(boxed: BoxedMessage) -> Result<M, BoxedDowncastErr> {
    let (message, is_counted, context) = match Parcel::<M>::from_boxed(boxed)? {
        Parcel::Counted(message) => (message, true, None),
        Parcel::Uncounted(message) => (message, false, None),
        Parcel::Followed(followed) => {
            let Followed { message, is_counted, context } = *followed;
            (message, is_counted, Some(context))
        }
    };
    let has_context = context.is_some();
    if has_context {
        CONTEXT.set(context);
    }
    let arrival = Arrival { variant: message.variant(), is_uncounted: !is_counted, has_context };
    arrival.put_down::<M>();
    Ok(message)
}

impl Arrival {
    const UNKNOWN: Self = Self { variant: NO_VARIANT, is_uncounted: false, has_context: false };

    /// What was said of the message of this type that was unboxed just now.
    #[inline]
    pub(crate) fn of_last<M: 'static>() -> Self {
        let is_of_it = UNBOXED.try_with(|of| of.get() == TypeId::of::<M>());
        if is_of_it.unwrap_or(false) {
            ARRIVAL.try_with(Cell::get).unwrap_or(Self::UNKNOWN)
        } else {
            Self::UNKNOWN
        }
    }

    // By `try_with`, which becomes part of its callers where `set` does not. The thread may be ending.
    #[inline]
    fn put_down<M: 'static>(self) {
        let _put = UNBOXED.try_with(|of| of.set(TypeId::of::<M>()));
        let _put = ARRIVAL.try_with(|arrival| arrival.set(self));
    }

    /// What it carries, given once.
    pub(crate) fn take_context(self) -> Option<Box<Carried>> {
        if self.has_context { CONTEXT.take() } else { None }
    }
}

impl<M> Parcel<M> {
    #[inline]
    fn new(message: M, is_counted: bool, context: Option<Box<Carried>>) -> Self {
        match context {
            Some(context) => Self::Followed(Box::new(Followed { message, is_counted, context })),
            None if is_counted => Self::Counted(message),
            None => Self::Uncounted(message),
        }
    }
}

impl<M: ArsenalMessage> Message for Parcel<M> {
    fn serializable() -> bool {
        M::serializable()
    }

    fn serialize(self) -> Result<SerializedMessage, BoxedDowncastErr> {
        match self {
            Self::Counted(message) | Self::Uncounted(message) => message.serialize(),
            Self::Followed(followed) => {
                let serialized = followed.message.serialize()?;
                Ok(trace::serialized(serialized, &followed.context))
            }
        }
    }

    fn deserialize(serialized: SerializedMessage) -> Result<Self, BoxedDowncastErr> {
        if !trace::is_active() {
            let message = M::deserialize(serialized)?;
            return Ok(Self::new(message, false, None));
        }
        let context = trace::context_of(&serialized);
        let message = M::deserialize(serialized)?;
        let context = trace::arrived(&message, context);
        Ok(Self::new(message, false, context))
    }
}
