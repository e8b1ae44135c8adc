//! Not public API: what the expansions of `#[blueprint]` and of the derives of messages and states name.

pub use arsenal_core::{__private::*, schemars, serde};
pub use ractor;

pub use crate::{
    blueprint::{
        Blueprint, BlueprintRegistration, BlueprintSpec, Built, Child, build as build_blueprint,
        check as check_blueprint,
    },
    instrument::{box_message, from_boxed},
    message::{
        ArsenalMessage, JsonMessage, MessageError, MessageJson, MessageRegistration, MessageSpec,
        Payload, Replies, StateRegistration, StateSpec, VariantJson, VariantSpec, WireReader,
        WireWriter, call as call_message, encode_state, schema_alone, schema_within,
        send as send_message, split as split_message,
    },
};
