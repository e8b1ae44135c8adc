//! The argument that is the body as it came: bytes, in whatever format.

use std::{any::type_name, fmt, marker::PhantomData};

use base64::{
    Engine as _, alphabet,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};
use bytes::Bytes;
use schemars::{Schema, SchemaGenerator, json_schema};
use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, Visitor};

use super::{
    report::Report,
    slots::{GIVEN_TWICE, Slot},
    text::{TextError, Texts},
};
use crate::spec::Parameter;

/// Bytes as JSON holds them. Senders need not pad.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// A type that can hold a body as it came.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot hold a body as it came",
    label = "not `bytes::Bytes`",
    note = "a raw body is `bytes::Bytes`, or an option of it if it may be empty"
)]
pub trait RawBody: Sized + Send + 'static {
    /// Its value for an empty body, if that is allowed.
    fn empty() -> Option<Self>;
    /// Its value for any other body.
    fn of(bytes: Bytes) -> Self;
}

impl RawBody for Bytes {
    fn empty() -> Option<Self> {
        None
    }
    fn of(bytes: Bytes) -> Self {
        bytes
    }
}

impl RawBody for Option<Bytes> {
    fn empty() -> Option<Self> {
        Some(None)
    }
    fn of(bytes: Bytes) -> Self {
        Some(bytes)
    }
}

/// An argument that is a raw body.
pub trait RawOf: 'static {
    /// Its type.
    type Value: RawBody;
}

/// The schema of a raw body. Where all arguments are one JSON object, it is base64 in a text.
pub fn raw_schema(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "type": "string", "contentEncoding": "base64" })
}

/// Whether the body may be empty.
pub fn is_optional_raw<A: RawOf>() -> bool {
    A::Value::empty().is_some()
}

/// The slot of the argument `A`.
pub struct Raw<A: RawOf> {
    value: Option<A::Value>,
    argument: PhantomData<fn(A)>,
}

impl<A: RawOf> fmt::Debug for Raw<A> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let is_full = self.value.is_some();
        formatter.debug_struct(type_name::<A>()).field("is_full", &is_full).finish()
    }
}

impl<A: RawOf> Slot for Raw<A> {
    type Value = A::Value;
    const EMPTY: Self = Self { value: None, argument: PhantomData };
    fn read_texts(&mut self, _: Texts<'_>) -> Result<(), TextError> {
        Ok(())
    }
    fn read_body(&mut self, body: &[u8]) -> Result<(), serde_json::Error> {
        self.value = Some(A::Value::of(Bytes::copy_from_slice(body)));
        Ok(())
    }
    fn read_field<'de, M: MapAccess<'de>>(&mut self, map: &mut M) -> Result<(), M::Error> {
        if self.value.is_some() {
            return Err(M::Error::custom(GIVEN_TWICE));
        }
        self.value = map
            .next_value_seed(Base64)?
            .map_or_else(A::Value::empty, |bytes| Some(A::Value::of(bytes)));
        Ok(())
    }
    fn settle(&mut self, index: usize, parameter: &Parameter, report: &mut Report) {
        if self.value.is_none() && !report.has(index) {
            self.value = A::Value::empty();
            if self.value.is_none() {
                report.parameter(index, parameter, "", "is missing");
            }
        }
    }
    fn value(&self) -> Option<&A::Value> {
        self.value.as_ref()
    }
    fn into_value(self) -> A::Value {
        self.value.expect("a slot that was settled without a violation has a value")
    }
}

/// Reads base64; null and the empty text are an empty body.
struct Base64;

impl<'de> DeserializeSeed<'de> for Base64 {
    type Value = Option<Bytes>;

    fn deserialize<D: Deserializer<'de>>(self, text: D) -> Result<Self::Value, D::Error> {
        text.deserialize_any(self)
    }
}

impl Visitor<'_> for Base64 {
    type Value = Option<Bytes>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("bytes as base64")
    }
    fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
        Ok(None)
    }
    fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
        let bytes =
            BASE64.decode(text).map_err(|error| E::custom(format!("is not base64: {error}")))?;
        Ok((!bytes.is_empty()).then(|| bytes.into()))
    }
}
