//! The fast way through a JSON object: one pass, each field straight into its slot.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer as _, Error, IgnoredAny, MapAccess, Visitor};

use super::{UnknownNames, list::Typed};
use crate::spec::{Location, Parameter};

/// Which parameters are the fields of an object.
#[derive(Clone, Copy, Debug)]
pub struct Fields<'a> {
    /// All parameters of the operation.
    pub parameters: &'a [Parameter],
    /// Which of them are fields.
    pub of: FieldsOf,
    /// What becomes of other fields.
    pub unknown: UnknownNames,
}

/// What an object stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FieldsOf {
    /// The body of a request.
    Body,
    /// All arguments, wherever a request would carry them.
    Everything,
}

impl Fields<'_> {
    /// The parameter of this name. Senders keep the order of the document, so the caller's guess
    /// is tried first.
    pub(super) fn find(&self, name: &str, guess: usize) -> Option<usize> {
        let is_it = |parameter: &Parameter| parameter.name == name && self.has(parameter);
        if self.parameters.get(guess).is_some_and(is_it) {
            return Some(guess);
        }
        self.parameters.iter().position(is_it)
    }

    /// The names of all fields.
    pub(super) fn names(&self) -> impl Iterator<Item = &'static str> {
        self.parameters.iter().filter(|parameter| self.has(parameter)).map(|known| known.name)
    }

    fn has(&self, parameter: &Parameter) -> bool {
        self.of == FieldsOf::Everything || parameter.location == Location::Body
    }
}

/// Reads the fields of an object into their slots; stops at the first mistake.
pub(super) fn read<S: Typed>(
    slots: &mut S,
    fields: Fields<'_>,
    json: &[u8],
) -> Result<(), serde_json::Error> {
    let mut json = serde_json::Deserializer::from_slice(json);
    json.deserialize_map(IntoSlots { slots, fields })?;
    json.end()
}

struct IntoSlots<'a, S> {
    slots: &'a mut S,
    fields: Fields<'a>,
}

impl<'de, S: Typed> Visitor<'de> for IntoSlots<'_, S> {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an object")
    }

    #[inline]
    fn visit_map<M: MapAccess<'de>>(self, map: M) -> Result<(), M::Error> {
        read_map(self.slots, self.fields, map)
    }
}

/// Reads entries into their slots.
#[inline]
pub(super) fn read_map<'de, S: Typed, M: MapAccess<'de>>(
    slots: &mut S,
    fields: Fields<'_>,
    mut map: M,
) -> Result<(), M::Error> {
    let mut guess = 0;
    while let Some(found) = map.next_key_seed(FieldName { fields, guess })? {
        match found {
            Some(index) => {
                slots.read_field(index, &mut map)?;
                guess = index + 1;
            }
            None => map.next_value::<IgnoredAny>().map(drop)?,
        }
    }
    Ok(())
}

/// Reads a name; `None` for one that is ignored.
struct FieldName<'a> {
    fields: Fields<'a>,
    guess: usize,
}

impl<'de> DeserializeSeed<'de> for FieldName<'_> {
    type Value = Option<usize>;

    fn deserialize<D: serde::Deserializer<'de>>(self, name: D) -> Result<Self::Value, D::Error> {
        name.deserialize_identifier(self)
    }
}

impl Visitor<'_> for FieldName<'_> {
    type Value = Option<usize>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("the name of a field")
    }

    #[inline]
    fn visit_str<E: Error>(self, name: &str) -> Result<Self::Value, E> {
        match (self.fields.find(name, self.guess), self.fields.unknown) {
            (None, UnknownNames::Refused) => Err(E::custom("unknown field")),
            (found, _) => Ok(found),
        }
    }
}
