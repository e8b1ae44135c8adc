//! Answers that take long to encode.

use std::{borrow::Cow, marker::PhantomData};

use arsenal_core::prelude::*;
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Serialize, Serializer};
use serde_json::value::{RawValue, to_raw_value};

/// A value as JSON, encoded where no actor waits for it. To whoever reads it, the value itself.
#[derive(Debug)]
pub struct Encoded<T> {
    json: Box<RawValue>,
    of: PhantomData<fn() -> T>,
}

impl<T: Serialize> Encoded<T> {
    pub(super) fn new(value: &T) -> Result<Self, OperationError> {
        let json = to_raw_value(value);
        let json = json.map_err(|error| OperationError::internal().because(error))?;
        Ok(Self { json, of: PhantomData })
    }
}

impl<T> Serialize for Encoded<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.json.serialize(serializer)
    }
}

impl<T: JsonSchema> JsonSchema for Encoded<T> {
    fn inline_schema() -> bool {
        T::inline_schema()
    }
    fn schema_name() -> Cow<'static, str> {
        T::schema_name()
    }
    fn schema_id() -> Cow<'static, str> {
        T::schema_id()
    }
    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        T::json_schema(generator)
    }
}
