//! Messages and states of actors, as the derives describe them.
//!
//! `#[derive(ArsenalMessage)]` makes a type a message of ractor that Arsenal can name, count and,
//! where the type asks for it, read from JSON or send to other nodes. `#[derive(ArsenalState)]`
//! offers the state of an actor. Types without parameters are found by their [`std::any::TypeId`],
//! for that is all that ractor tells of an actor's messages.

mod catalogue;
mod encode;
mod error;
mod incoming;
mod json;
mod replies;
mod schema;
mod spec;
mod state;
mod wire;

pub use arsenal_core::{ArsenalMessage, ArsenalState};
pub use catalogue::{message_spec, state_spec};
pub use encode::{ENCODED_BYTES_MAX, EncodeError};
pub use error::MessageError;
#[doc(hidden)]
pub use incoming::Payload;
#[doc(hidden)]
pub use json::{JsonMessage, call, send};
#[doc(hidden)]
pub use replies::Replies;
#[doc(hidden)]
pub use schema::{schema_alone, schema_within};
#[doc(hidden)]
pub use spec::MessageRegistration;
pub use spec::{
    ArsenalMessage, CallFn, MessageJson, MessageSpec, Reply, SchemaOf, SendFn, VariantJson,
    VariantSpec,
};
pub use state::{StateError, StateSpec};
#[doc(hidden)]
pub use state::{StateRegistration, encode_state};
#[doc(hidden)]
pub use wire::{WireReader, WireWriter, split};
