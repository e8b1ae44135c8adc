//! What an argument is that was not given: `None` for an `Option`, else nothing.

use std::fmt;

use serde::de::{DeserializeOwned, Deserializer, Error, Visitor};

/// The value of the type for "not given", if it has one. Asks the type itself, so that aliases
/// and newtypes of `Option` need no special case.
pub(super) fn value<T: DeserializeOwned>() -> Option<T> {
    T::deserialize(Absent).ok()
}

struct Absent;

/// Says nothing: nobody reads it.
#[derive(Debug)]
struct NoValue;

impl fmt::Display for NoValue {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("is missing")
    }
}

impl std::error::Error for NoValue {}

impl Error for NoValue {
    fn custom<T: fmt::Display>(_: T) -> Self {
        Self
    }
}

impl<'de> Deserializer<'de> for Absent {
    type Error = NoValue;

    fn deserialize_any<V: Visitor<'de>>(self, _: V) -> Result<V::Value, NoValue> {
        Err(NoValue)
    }
    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, NoValue> {
        visitor.visit_none()
    }
    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, NoValue> {
        visitor.visit_newtype_struct(self)
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit
        unit_struct seq tuple tuple_struct map struct enum identifier ignored_any
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(serde::Deserialize)]
    struct Wrapped(Option<u8>);

    #[test]
    fn only_options_have_a_value_for_nothing() {
        assert_eq!(value::<Option<u8>>(), Some(None));
        assert!(value::<Wrapped>().is_some_and(|wrapped| wrapped.0.is_none()));
        assert_eq!(value::<u8>(), None);
        assert_eq!(value::<Vec<u8>>(), None);
        assert_eq!(value::<()>(), None);
    }
}
