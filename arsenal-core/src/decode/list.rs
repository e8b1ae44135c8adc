//! The arguments of an operation as a type: a list of slots, `(A, (B, (C, ())))`.
//!
//! [`Slots`] is the half that needs no types, so that its callers are compiled once for all
//! operations; [`Typed`] is the half that knows them.

use serde::de::{IgnoredAny, MapAccess};

use super::{
    inspect::Inspector,
    object::{self, Fields},
    report::Report,
    slots::Slot,
    text::{TextError, Texts},
};
use crate::spec::Parameter;

/// All arguments of an operation while they are collected. Slots are counted from 0.
pub trait Slots: Send {
    /// Reads a parameter of path, query or header.
    fn read_texts(&mut self, index: usize, texts: Texts<'_>) -> Result<(), TextError>;
    /// Reads the whole body into one slot.
    fn read_body(&mut self, index: usize, body: &[u8]) -> Result<(), serde_json::Error>;
    /// Reads the fields of a JSON object into their slots; stops at the first mistake.
    fn read_object(&mut self, fields: Fields<'_>, json: &[u8]) -> Result<(), serde_json::Error>;
    /// What finds everything that is wrong with one value, if anything can.
    fn inspector(&self, index: usize) -> Option<Inspector>;
    /// Empties all slots.
    fn clear(&mut self);
    /// Fills what was not given and checks the rules; `index` is the first slot's parameter.
    fn settle(&mut self, index: usize, parameters: &[Parameter], report: &mut Report);
}

/// The same, with their types.
pub trait Typed: Slots + Sized + 'static {
    /// The values, nested like the list.
    type Values: Send + 'static;
    /// Nothing read yet.
    const EMPTY: Self;
    /// How many parameters they are.
    const COUNT: usize;
    /// Reads the value of a field whose name was just read.
    fn read_field<'de, M: MapAccess<'de>>(
        &mut self,
        index: usize,
        map: &mut M,
    ) -> Result<(), M::Error>;
    /// The values, after [`Slots::settle`] found no violation.
    fn into_values(self) -> Self::Values;
}

impl Slots for () {
    fn read_texts(&mut self, _: usize, _: Texts<'_>) -> Result<(), TextError> {
        Ok(())
    }
    fn read_body(&mut self, _: usize, _: &[u8]) -> Result<(), serde_json::Error> {
        Ok(())
    }
    fn read_object(&mut self, fields: Fields<'_>, json: &[u8]) -> Result<(), serde_json::Error> {
        object::read(self, fields, json)
    }
    fn inspector(&self, _: usize) -> Option<Inspector> {
        None
    }
    fn clear(&mut self) {}
    fn settle(&mut self, _: usize, _: &[Parameter], _: &mut Report) {}
}

impl Typed for () {
    type Values = ();
    const EMPTY: Self = ();
    const COUNT: usize = 0;
    fn read_field<'de, M: MapAccess<'de>>(
        &mut self,
        _: usize,
        map: &mut M,
    ) -> Result<(), M::Error> {
        map.next_value::<IgnoredAny>().map(drop)
    }
    fn into_values(self) {}
}

impl<S: Slot, R: Typed> Slots for (S, R) {
    #[inline]
    fn read_texts(&mut self, index: usize, texts: Texts<'_>) -> Result<(), TextError> {
        match index.checked_sub(1) {
            None => self.0.read_texts(texts),
            Some(rest) => self.1.read_texts(rest, texts),
        }
    }
    #[inline]
    fn read_body(&mut self, index: usize, body: &[u8]) -> Result<(), serde_json::Error> {
        match index.checked_sub(1) {
            None => self.0.read_body(body),
            Some(rest) => self.1.read_body(rest, body),
        }
    }
    fn read_object(&mut self, fields: Fields<'_>, json: &[u8]) -> Result<(), serde_json::Error> {
        object::read(self, fields, json)
    }
    fn inspector(&self, index: usize) -> Option<Inspector> {
        match index.checked_sub(1) {
            None => self.0.inspector(),
            Some(rest) => self.1.inspector(rest),
        }
    }
    fn clear(&mut self) {
        *self = Self::EMPTY;
    }
    #[inline]
    fn settle(&mut self, index: usize, parameters: &[Parameter], report: &mut Report) {
        if let Some(parameter) = parameters.get(index) {
            self.0.settle(index, parameter, report);
        }
        self.1.settle(index + 1, parameters, report);
    }
}

impl<S: Slot, R: Typed> Typed for (S, R) {
    type Values = (S::Value, R::Values);
    const EMPTY: Self = (S::EMPTY, R::EMPTY);
    const COUNT: usize = 1 + R::COUNT;
    #[inline]
    fn read_field<'de, M: MapAccess<'de>>(
        &mut self,
        index: usize,
        map: &mut M,
    ) -> Result<(), M::Error> {
        match index.checked_sub(1) {
            None => self.0.read_field(map),
            Some(rest) => self.1.read_field(rest, map),
        }
    }
    #[inline]
    fn into_values(self) -> Self::Values {
        (self.0.into_value(), self.1.into_values())
    }
}
