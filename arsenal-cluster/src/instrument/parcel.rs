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

/// A message with what is known of its way.
struct Parcel<M> {
    message: M,
    /// Whether its receiver's record has counted it.
    is_counted: bool,
    context: Option<Box<Carried>>,
}

/// What is known of a message that is about to be handled.
#[derive(Debug, Default)]
pub(crate) struct Arrival {
    /// Which variant it is; none where its type does not say.
    pub(crate) variant: Option<u16>,
    /// Whether its type is counted where it is sent, but this one was not.
    pub(crate) is_uncounted: bool,
    pub(crate) context: Option<Box<Carried>>,
}

/// An arrival, but for its context: plain data, which costs next to nothing to put down and to take.
#[derive(Clone, Copy)]
struct Unboxed {
    of: TypeId,
    variant: u16,
    is_uncounted: bool,
    has_context: bool,
}

thread_local! {
    /// The message that was unboxed last, with its type: an actor that is not instrumented leaves it
    /// there.
    static UNBOXED: Cell<Option<Unboxed>> = const { Cell::new(None) };
    /// The context of that message, if it has one.
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
    Parcel { message, is_counted, context }.box_message(to)
}

/// What the derive's `from_boxed` does.
#[inline]
pub fn from_boxed<M: ArsenalMessage>(boxed: BoxedMessage) -> Result<M, BoxedDowncastErr> {
    let Parcel { message, is_counted, context } = Parcel::<M>::from_boxed(boxed)?;
    let has_context = context.is_some();
    if has_context {
        CONTEXT.set(context);
    }
    let (of, variant) = (TypeId::of::<M>(), message.variant());
    UNBOXED.set(Some(Unboxed { of, variant, is_uncounted: !is_counted, has_context }));
    Ok(message)
}

impl Arrival {
    /// What was said of the message of this type that was unboxed just now, given once.
    #[inline]
    pub(crate) fn of_last<M: 'static>() -> Self {
        let Some(Unboxed { of, variant, is_uncounted, has_context }) = UNBOXED.take() else {
            return Self::default();
        };
        let context = if has_context { CONTEXT.take() } else { None };
        if of != TypeId::of::<M>() {
            return Self::default();
        }
        Self { variant: Some(variant), is_uncounted, context }
    }
}

impl<M: ArsenalMessage> Message for Parcel<M> {
    fn serializable() -> bool {
        M::serializable()
    }

    fn serialize(self) -> Result<SerializedMessage, BoxedDowncastErr> {
        let serialized = self.message.serialize()?;
        Ok(match self.context {
            Some(carried) => trace::serialized(serialized, &carried),
            None => serialized,
        })
    }

    fn deserialize(serialized: SerializedMessage) -> Result<Self, BoxedDowncastErr> {
        if !trace::is_active() {
            let message = M::deserialize(serialized)?;
            return Ok(Self { message, is_counted: false, context: None });
        }
        let context = trace::context_of(&serialized);
        let message = M::deserialize(serialized)?;
        let context = trace::arrived(&message, context);
        Ok(Self { message, is_counted: false, context })
    }
}
