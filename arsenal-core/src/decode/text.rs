//! A parameter of path, query or header as a serde format: one text, or several of one name.

use std::{borrow::Cow, fmt, str::FromStr};

use http::HeaderMap;
use serde::de::{
    DeserializeSeed, Deserializer, Error, IntoDeserializer as _, SeqAccess, Visitor,
    value::CowStrDeserializer,
};

use super::{
    encoding::{Encoding, decoded},
    query,
    rules::narrowed,
    slots::GIVEN_TWICE,
    wording::in_plain_words,
};
use crate::spec::Rule;

/// What is wrong with a parameter, to be read after its name.
#[derive(Debug)]
pub enum TextError {
    /// It is no whole number, or none that its type has.
    NotWhole {
        /// Whether there is nothing at all.
        is_empty: bool,
        /// The least that the type has.
        min: String,
        /// The greatest that the type has.
        max: String,
    },
    /// Anything else.
    Other(String),
}

impl TextError {
    /// The same where rules narrow what is expected.
    pub(super) fn narrowed(&self, rules: &[Rule]) -> Self {
        match self {
            Self::NotWhole { is_empty, min, max } => {
                let (min, max) = narrowed(rules, min, max);
                Self::NotWhole { is_empty: *is_empty, min, max }
            }
            Self::Other(message) => Self::Other(message.clone()),
        }
    }
}

impl fmt::Display for TextError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotWhole { is_empty, min, max } => {
                write!(formatter, "{} a whole number from {min} to {max}", wrong(*is_empty))
            }
            Self::Other(message) => formatter.write_str(message),
        }
    }
}

impl std::error::Error for TextError {}

impl Error for TextError {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self::Other(in_plain_words(message.to_string()))
    }
}

fn wrong(is_empty: bool) -> &'static str {
    if is_empty { "is empty: it must be" } else { "is not" }
}

/// All texts that one name has, at least one. Decodes as a scalar if there is exactly one, and as a
/// list: each text is an item; one text alone is split at its commas, and so is each line of a header.
#[derive(Clone, Copy, Debug)]
pub struct Texts<'a> {
    first: &'a str,
    encoding: Encoding,
    all: All<'a>,
}

/// Where further texts are looked for.
#[derive(Clone, Copy, Debug)]
enum All<'a> {
    One,
    Query { query: &'a str, name: &'a str, is_repeated: bool },
    Headers { headers: &'a HeaderMap, name: &'a str },
}

impl<'a> Texts<'a> {
    pub(super) fn one(text: &'a str, encoding: Encoding) -> Self {
        Self { first: text, encoding, all: All::One }
    }

    pub(super) fn of_query(
        first: &'a str,
        is_repeated: bool,
        query: &'a str,
        name: &'a str,
    ) -> Self {
        Self { first, encoding: Encoding::Query, all: All::Query { query, name, is_repeated } }
    }

    pub(super) fn of_headers(
        headers: &'a HeaderMap,
        name: &'a str,
    ) -> Result<Option<Self>, TextError> {
        let mut first = None;
        for value in headers.get_all(name) {
            let text = str::from_utf8(value.as_bytes()).map_err(|_error| not_utf8())?;
            first.get_or_insert(text);
        }
        let all = All::Headers { headers, name };
        Ok(first.map(|first| Self { first, encoding: Encoding::Plain, all }))
    }

    fn each(&self) -> Box<dyn Iterator<Item = &'a str> + 'a> {
        match self.all {
            All::One => Box::new(std::iter::once(self.first)),
            All::Query { query, name, .. } => Box::new(query::values(query, name)),
            All::Headers { headers, name } => Box::new(
                headers
                    .get_all(name)
                    .into_iter()
                    .filter_map(|value| str::from_utf8(value.as_bytes()).ok()),
            ),
        }
    }

    fn is_repeated(&self) -> bool {
        match self.all {
            All::One => false,
            All::Query { is_repeated, .. } => is_repeated,
            All::Headers { headers, name } => headers.get_all(name).iter().nth(1).is_some(),
        }
    }

    fn items(&self) -> Box<dyn Iterator<Item = &'a str> + 'a> {
        let is_plain = self.encoding == Encoding::Plain;
        let split = move |text: &'a str| {
            let items = text.split(',').filter(move |_| !text.is_empty());
            items.map(move |item| if is_plain { item.trim() } else { item })
        };
        match (self.is_repeated(), self.all) {
            (false, _) => Box::new(split(self.first)),
            // Lines of one header are one list (RFC 9110 §5.3).
            (true, All::Headers { .. }) => Box::new(self.each().flat_map(split)),
            (true, All::One | All::Query { .. }) => self.each(),
        }
    }

    pub(super) fn scalar(&self) -> Result<Cow<'a, str>, TextError> {
        if self.is_repeated() {
            return Err(TextError::Other(GIVEN_TWICE.to_owned()));
        }
        decoded(self.first, self.encoding).ok_or_else(not_utf8)
    }

    fn parsed<T: FromStr>(&self, what: &str) -> Result<T, TextError> {
        let text = self.scalar()?;
        text.parse()
            .map_err(|_error| TextError::Other(format!("{} {what}", wrong(text.is_empty()))))
    }

    fn whole<T: FromStr + fmt::Display>(&self, least: &T, most: &T) -> Result<T, TextError> {
        let text = self.scalar()?;
        text.parse().map_err(|_error| TextError::NotWhole {
            is_empty: text.is_empty(),
            min: least.to_string(),
            max: most.to_string(),
        })
    }

    fn float<T: FromStr + Into<f64> + Copy>(&self) -> Result<T, TextError> {
        let number = self.parsed::<T>("a number")?;
        if number.into().is_finite() {
            Ok(number)
        } else {
            Err(TextError::Other("is not a number".into()))
        }
    }
}

fn not_utf8() -> TextError {
    TextError::Other("is not UTF-8".to_owned())
}

macro_rules! whole_numbers {
    ($($method:ident $visit:ident $number:ty;)*) => { $(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, TextError> {
            visitor.$visit(self.whole(&<$number>::MIN, &<$number>::MAX)?)
        }
    )* };
}

impl<'de> Deserializer<'de> for Texts<'_> {
    type Error = TextError;

    whole_numbers! {
        deserialize_u8 visit_u8 u8;
        deserialize_u16 visit_u16 u16;
        deserialize_u32 visit_u32 u32;
        deserialize_u64 visit_u64 u64;
        deserialize_u128 visit_u128 u128;
        deserialize_i8 visit_i8 i8;
        deserialize_i16 visit_i16 i16;
        deserialize_i32 visit_i32 i32;
        deserialize_i64 visit_i64 i64;
        deserialize_i128 visit_i128 i128;
    }

    fn deserialize_f32<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, TextError> {
        visitor.visit_f32(self.float()?)
    }
    fn deserialize_f64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, TextError> {
        visitor.visit_f64(self.float()?)
    }
    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, TextError> {
        visitor.visit_bool(self.parsed("`true` or `false`")?)
    }
    fn deserialize_char<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, TextError> {
        visitor.visit_char(self.parsed("one character")?)
    }
    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, TextError> {
        match self.scalar()? {
            Cow::Borrowed(text) => visitor.visit_str(text),
            Cow::Owned(text) => visitor.visit_string(text),
        }
    }
    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, TextError> {
        visitor.visit_some(self)
    }
    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, TextError> {
        visitor.visit_newtype_struct(self)
    }
    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, TextError> {
        let variant: CowStrDeserializer<'_, TextError> = self.scalar()?.into_deserializer();
        visitor.visit_enum(variant)
    }
    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, TextError> {
        visitor.visit_seq(Items { rest: self.items(), encoding: self.encoding, read: 0 })
    }
    fn deserialize_tuple<V: Visitor<'de>>(
        self,
        _: usize,
        visitor: V,
    ) -> Result<V::Value, TextError> {
        self.deserialize_seq(visitor)
    }
    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, TextError> {
        self.deserialize_str(visitor)
    }

    serde::forward_to_deserialize_any! {
        string bytes byte_buf unit unit_struct tuple_struct map struct identifier ignored_any
    }
}

struct Items<'a> {
    rest: Box<dyn Iterator<Item = &'a str> + 'a>,
    encoding: Encoding,
    read: usize,
}

impl<'de> SeqAccess<'de> for Items<'_> {
    type Error = TextError;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, TextError> {
        let Some(item) = self.rest.next() else { return Ok(None) };
        self.read += 1;
        seed.deserialize(Texts::one(item, self.encoding))
            .map(Some)
            .map_err(|error| TextError::Other(format!("item {}: {error}", self.read)))
    }
}
