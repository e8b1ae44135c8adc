//! What is known of a type of states.

use std::{
    any::{Any, TypeId},
    fmt,
};

use arsenal_core::openapi::written_schema;
use serde::Serialize;
use serde_json::{Map, Value, value::RawValue};

use super::{
    encode::{EncodeError, encode},
    spec::SchemaOf,
};

/// One type of states. Made by `#[derive(ArsenalState)]`, never by hand.
#[derive(Debug)]
pub struct StateSpec {
    /// The type.
    pub type_id: fn() -> TypeId,
    /// Its name, with the modules.
    pub type_name: fn() -> &'static str,
    /// Its schema, as it is written.
    pub schema_of: SchemaOf,
    /// Writes a value of the type.
    pub to_json: fn(&dyn Any) -> Result<Box<RawValue>, StateError>,
}

impl StateSpec {
    /// The schema by itself. Definitions stand under `$defs`.
    pub fn schema(&self) -> Map<String, Value> {
        written_schema(self.schema_of)
    }
}

/// Why a state cannot be shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StateError {
    /// The value is of another type.
    OtherType,
    /// It cannot be written.
    Unencodable(EncodeError),
}

impl fmt::Display for StateError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OtherType => formatter.write_str("the state is of another type"),
            Self::Unencodable(error) => write!(formatter, "the state {error}"),
        }
    }
}

impl std::error::Error for StateError {}

/// What `inventory` collects.
#[doc(hidden)]
#[derive(Debug)]
pub struct StateRegistration(pub &'static StateSpec);

inventory::collect!(StateRegistration);

/// What [`StateSpec::to_json`] points to.
#[doc(hidden)]
pub fn encode_state<S: Any + Serialize>(state: &dyn Any) -> Result<Box<RawValue>, StateError> {
    let state = state.downcast_ref::<S>().ok_or(StateError::OtherType)?;
    encode(state).map_err(StateError::Unencodable)
}
