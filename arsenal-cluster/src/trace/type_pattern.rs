//! Which types of actors a session is on.

use std::{borrow::Cow, fmt, str::FromStr};

use arsenal_core::openapi::CHECKS_ITSELF;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, de::Error as _};

/// The longest pattern, in characters.
const CHARS_MAX: usize = 256;

/// A part of a type's name, or the whole with `*` for anything.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct TypePattern(String);

/// A text that is too short or too long for a pattern.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InvalidTypePattern;

impl TypePattern {
    /// The pattern as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for InvalidTypePattern {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "is not 1 to {CHARS_MAX} characters long")
    }
}

impl std::error::Error for InvalidTypePattern {}

impl FromStr for TypePattern {
    type Err = InvalidTypePattern;

    fn from_str(text: &str) -> Result<Self, InvalidTypePattern> {
        let is_ours = (1..=CHARS_MAX).contains(&text.chars().count());
        if is_ours { Ok(Self(text.to_owned())) } else { Err(InvalidTypePattern) }
    }
}

impl<'de> Deserialize<'de> for TypePattern {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Cow::<'de, str>::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}

impl JsonSchema for TypePattern {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> Cow<'static, str> {
        "TypePattern".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "string",
            "minLength": 1,
            "maxLength": CHARS_MAX,
            CHECKS_ITSELF: true,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_has_a_length_of_its_own() {
        let long = "ä".repeat(CHARS_MAX);
        assert_eq!(long.parse::<TypePattern>().unwrap().as_str(), long);
        for bad in [String::new(), long + "b"] {
            assert_eq!(bad.parse::<TypePattern>(), Err(InvalidTypePattern));
        }
    }
}
