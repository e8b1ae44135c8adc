//! What is known of a type of messages.

use std::{any::TypeId, fmt};

use futures_util::future::BoxFuture;
use ractor::ActorCell;
use schemars::{Schema, SchemaGenerator};
use serde_json::value::RawValue;

use super::MessageError;

/// A type of messages whose variants Arsenal can tell apart. Derived, not written by hand.
pub trait ArsenalMessage: ractor::Message {
    /// The names of the variants, as in JSON; a struct is its only variant.
    const VARIANTS: &'static [&'static str];

    /// Which of [`Self::VARIANTS`] it is.
    fn variant(&self) -> u16;

    /// The message as traces may show it; `None` where its type does not allow that.
    fn show(&self) -> Option<&dyn fmt::Debug> {
        None
    }
}

/// One type of messages.
#[derive(Debug)]
pub struct MessageSpec {
    /// The type.
    pub type_id: fn() -> TypeId,
    /// Its name, with the modules.
    pub type_name: fn() -> &'static str,
    /// Its doc comment.
    pub description: &'static str,
    /// Its variants, in the order of the type; a struct is its only variant.
    pub variants: &'static [VariantSpec],
    /// Whether traces may show what messages hold.
    pub is_shown: bool,
    /// How messages are made from JSON; `None` where the type does not offer it.
    pub json: Option<MessageJson>,
}

/// One variant.
#[derive(Debug)]
pub struct VariantSpec {
    /// The name, as in JSON.
    pub name: &'static str,
    /// Its doc comment.
    pub description: &'static str,
    /// Whether it carries a port for a reply.
    pub is_call: bool,
    /// What it is made of in JSON; `None` where it is not offered.
    pub json: Option<VariantJson>,
}

/// What a variant is made of in JSON.
#[derive(Clone, Copy, Debug)]
pub struct VariantJson {
    /// What it holds, the port left out; `None` where that is nothing.
    pub payload: Option<SchemaOf>,
    /// What it is answered with; `None` where it is not a call.
    pub reply: Option<SchemaOf>,
}

/// The way of a message from JSON to an actor.
#[derive(Clone, Copy, Debug)]
pub struct MessageJson {
    /// Whether the name of the variant stands around what it holds, as for every enum. A struct is
    /// what it holds.
    pub is_tagged: bool,
    /// Sends; a reply, where one comes, is dropped.
    pub send: SendFn,
    /// Sends what wants a reply, and gives that. Nothing was sent where it fails at once.
    pub call: CallFn,
}

/// The schema of a type.
pub type SchemaOf = fn(&mut SchemaGenerator) -> Schema;

/// Sends a message that is given as JSON. Runs on the runtime that the waiting for replies is to be on.
pub type SendFn = fn(&ActorCell, &[u8]) -> Result<(), MessageError>;

/// The same for one that is answered.
pub type CallFn = fn(&ActorCell, &[u8]) -> Result<Reply, MessageError>;

/// The reply to come, as JSON. Dropping it does no harm to the actor.
pub type Reply = BoxFuture<'static, Result<Box<RawValue>, MessageError>>;

/// What `inventory` collects.
#[doc(hidden)]
#[derive(Debug)]
pub struct MessageRegistration(pub &'static MessageSpec);

inventory::collect!(MessageRegistration);
