//! The fields of a flattened struct among the arguments: one more cell of the list, and the tables
//! of both put together while the crate is compiled.

use serde::de::MapAccess;

use super::{
    inspect::Inspector,
    list::{Slots, Typed},
    object::{self, Fields},
    parameters::{FlatSlots, Flattened, Parameters as _},
    report::Report,
    text::{TextError, Texts},
};
use crate::spec::{Location, Parameter};

/// The slots of a flattened struct, then the rest of the list.
#[derive(Debug)]
pub struct Joined<A, R>(A, R);

/// A cell of the list for the flattened argument `A`, whose fields stand in the place `P`.
pub type Flat<A, P, R> = Joined<FlatSlots<A, P>, R>;

impl<A: Typed, R: Typed> Slots for Joined<A, R> {
    #[inline]
    fn read_texts(&mut self, index: usize, texts: Texts<'_>) -> Result<(), TextError> {
        match index.checked_sub(A::COUNT) {
            None => self.0.read_texts(index, texts),
            Some(rest) => self.1.read_texts(rest, texts),
        }
    }
    fn read_body(&mut self, index: usize, body: &[u8]) -> Result<(), serde_json::Error> {
        match index.checked_sub(A::COUNT) {
            None => self.0.read_body(index, body),
            Some(rest) => self.1.read_body(rest, body),
        }
    }
    fn read_object(&mut self, fields: Fields<'_>, json: &[u8]) -> Result<(), serde_json::Error> {
        object::read(self, fields, json)
    }
    fn inspector(&self, index: usize) -> Option<Inspector> {
        match index.checked_sub(A::COUNT) {
            None => self.0.inspector(index),
            Some(rest) => self.1.inspector(rest),
        }
    }
    fn clear(&mut self) {
        *self = Self::EMPTY;
    }
    #[inline]
    fn settle(&mut self, index: usize, parameters: &[Parameter], report: &mut Report) {
        self.0.settle(index, parameters, report);
        self.1.settle(index + A::COUNT, parameters, report);
    }
}

impl<A: Typed, R: Typed> Typed for Joined<A, R> {
    type Values = (A::Values, R::Values);
    const EMPTY: Self = Self(A::EMPTY, R::EMPTY);
    const COUNT: usize = A::COUNT + R::COUNT;
    #[inline]
    fn read_field<'de, M: MapAccess<'de>>(
        &mut self,
        index: usize,
        map: &mut M,
    ) -> Result<(), M::Error> {
        match index.checked_sub(A::COUNT) {
            None => self.0.read_field(index, map),
            Some(rest) => self.1.read_field(rest, map),
        }
    }
    #[inline]
    fn into_values(self) -> Self::Values {
        (self.0.into_values(), self.1.into_values())
    }
}

/// Some rows of a table of parameters.
#[derive(Clone, Copy, Debug)]
pub enum Rows {
    /// As they stand.
    Own(&'static [Parameter]),
    /// The fields of a flattened struct, moved to where the operation has them.
    Flat(&'static [Parameter], Location),
}

impl Rows {
    /// The fields of the argument `A`.
    pub const fn of<A: Flattened>(location: Location) -> Self {
        Self::Flat(A::Value::PARAMETERS, location)
    }

    const fn all(self) -> &'static [Parameter] {
        match self {
            Self::Own(all) | Self::Flat(all, _) => all,
        }
    }
}

/// How many rows there are.
pub const fn count(mut rows: &[Rows]) -> usize {
    let mut count = 0;
    while let Some((first, rest)) = rows.split_first() {
        count += first.all().len();
        rows = rest;
    }
    count
}

/// The whole table. `N` is the [`count`].
#[expect(clippy::indexing_slicing, reason = "runs in the compiler: a panic is an error there")]
pub const fn table<const N: usize>(mut rows: &[Rows]) -> [Parameter; N] {
    let mut table = [NOTHING; N];
    let mut next = 0;
    while let Some((first, rest)) = rows.split_first() {
        let mut fields = first.all();
        while let Some((field, others)) = fields.split_first() {
            table[next] = *field;
            if let Rows::Flat(_, location) = *first {
                table[next].location = location;
            }
            next += 1;
            fields = others;
        }
        rows = rest;
    }
    table
}

/// Stands in a table until it is filled.
const NOTHING: Parameter = Parameter {
    name: "",
    location: Location::Body,
    description: "",
    schema: |_| schemars::Schema::default(),
    is_optional: || true,
    rules: &[],
    default: None,
    example: None,
    is_deprecated: false,
    media_type: None,
};

/// Refuses, while the crate is compiled, a table with a name that stands in it twice.
///
/// # Panics
/// If there is one: the panic is the compiler's message.
#[track_caller]
pub const fn assert_names_differ(rows: &[Rows]) {
    let count = count(rows);
    let mut index = 0;
    while index < count {
        let mut earlier = 0;
        while earlier < index {
            if is_same(name_at(rows, index), name_at(rows, earlier)) {
                panic_at_name(name_at(rows, index));
            }
            earlier += 1;
        }
        index += 1;
    }
}

const fn name_at(mut rows: &[Rows], mut index: usize) -> &'static str {
    while let Some((first, rest)) = rows.split_first() {
        let all = first.all();
        if index < all.len() {
            return match all.split_at(index).1 {
                [found, ..] => found.name,
                [] => "",
            };
        }
        index -= all.len();
        rows = rest;
    }
    ""
}

const fn is_same(a: &str, b: &str) -> bool {
    let (mut a, mut b) = (a.as_bytes(), b.as_bytes());
    while let ([first, a_rest @ ..], [second, b_rest @ ..]) = (a, b) {
        if *first != *second {
            return false;
        }
        (a, b) = (a_rest, b_rest);
    }
    a.is_empty() && b.is_empty()
}

/// The longest message of the compiler.
const MESSAGE_BYTES_MAX: usize = 160;

#[track_caller]
#[expect(clippy::panic, reason = "runs in the compiler: it is how a constant says a mistake")]
const fn panic_at_name(name: &str) -> ! {
    let mut message = [0; MESSAGE_BYTES_MAX];
    let mut length = 0;
    length = append(&mut message, length, "two parameters are called `");
    length = append(&mut message, length, name);
    length = append(&mut message, length, "`; one of them is a field of a flattened struct");
    match str::from_utf8(message.split_at(length).0) {
        Ok(message) => panic!("{}", message),
        Err(_) => panic!("two parameters have the same name"),
    }
}

#[expect(clippy::indexing_slicing, reason = "runs in the compiler: a panic is an error there")]
const fn append(message: &mut [u8; MESSAGE_BYTES_MAX], start: usize, text: &str) -> usize {
    let (text, mut at) = (text.as_bytes(), 0);
    while at < text.len() && start + at < MESSAGE_BYTES_MAX {
        message[start + at] = text[at];
        at += 1;
    }
    start + at
}
