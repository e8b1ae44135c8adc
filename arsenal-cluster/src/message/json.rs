//! A message from JSON to an actor.

use ractor::{ActorCell, MessagingErr};

use super::{ArsenalMessage, MessageError, MessageSpec, Payload, Replies, Reply, incoming};
use crate::trace::ReplyWatch;

/// A type of messages that can be made from JSON. Implemented by the derive, with `json`.
#[doc(hidden)]
pub trait JsonMessage: ArsenalMessage {
    /// What is known of it.
    const SPEC: &'static MessageSpec;

    /// The message of a variant, given by its number. A port that it carries is one of `replies`.
    fn from_payload(
        variant: usize,
        payload: Payload<'_>,
        replies: &mut Replies,
    ) -> Result<Self, MessageError>;
}

/// What [`super::MessageJson::send`] points to.
#[doc(hidden)]
pub fn send<M: JsonMessage>(actor: &ActorCell, json: &[u8]) -> Result<(), MessageError> {
    let (message, _, _) = read::<M>(json)?;
    deliver(actor, message)
}

/// What [`super::MessageJson::call`] points to.
#[doc(hidden)]
pub fn call<M: JsonMessage>(actor: &ActorCell, json: &[u8]) -> Result<Reply, MessageError> {
    let (message, variant, replies) = read::<M>(json)?;
    let reply = replies.into_reply().ok_or(MessageError::NotACall(variant))?;
    deliver(actor, message)?;
    Ok(reply)
}

fn read<M: JsonMessage>(json: &[u8]) -> Result<(M, &'static str, Replies), MessageError> {
    let is_tagged = M::SPEC.json.is_some_and(|json| json.is_tagged);
    let (variant, payload) = incoming::read(M::SPEC, is_tagged, json)?;
    // The port of an earlier message that was not sent.
    ReplyWatch::forget_last();
    let mut replies = Replies::default();
    let message = M::from_payload(variant, payload, &mut replies)?;
    let name = M::VARIANTS.get(variant).copied().unwrap_or_default();
    Ok((message, name, replies))
}

fn deliver<M: JsonMessage>(actor: &ActorCell, message: M) -> Result<(), MessageError> {
    actor.send_message(message).map_err(|error| match error {
        MessagingErr::InvalidActorType => MessageError::OtherType,
        MessagingErr::SendErr(_) | MessagingErr::ChannelClosed => MessageError::Ended,
    })
}
