//! Versions of the API: as text, and which of them have an operation. Pure.

use std::{borrow::Cow, fmt, str::FromStr};

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::{
    openapi::CHECKS_ITSELF,
    spec::{Version, Versions},
};

impl Versions {
    /// Whether this version of the API has it.
    pub fn has(self, version: Version) -> bool {
        self.has_begun(version) && self.until.is_none_or(|until| version < until)
    }

    /// Whether this version of the API has it or had it before.
    pub fn has_begun(self, version: Version) -> bool {
        self.since.is_none_or(|since| since <= version)
    }

    /// Whether some version has both.
    pub fn overlap(self, other: Self) -> bool {
        let begins_in_time =
            |one: Self, two: Self| one.until.is_none_or(|until| two.since < Some(until));
        begins_in_time(self, other) && begins_in_time(other, self)
    }
}

impl fmt::Display for Version {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}.{}", self.major, self.minor)
    }
}

/// What is said of a text that is no version.
pub(crate) const INVALID: &str = "is not a version, as `1.4`";

/// A text that is no version.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InvalidVersion;

impl fmt::Display for InvalidVersion {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(INVALID)
    }
}

impl std::error::Error for InvalidVersion {}

impl FromStr for Version {
    type Err = InvalidVersion;

    fn from_str(text: &str) -> Result<Self, InvalidVersion> {
        let (major, minor) = text.split_once('.').ok_or(InvalidVersion)?;
        Ok(Self { major: number(major)?, minor: number(minor)? })
    }
}

/// Digits of each number: what fits, and what [`PATTERN`] says.
const DIGITS_MAX: usize = 4;

/// What texts are versions.
pub(crate) const PATTERN: &str = r"^[0-9]{1,4}\.[0-9]{1,4}$";

/// Digits only: `parse` would take a sign, too.
fn number(text: &str) -> Result<u16, InvalidVersion> {
    let is_number = text.len() <= DIGITS_MAX && text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|_| is_number).ok_or(InvalidVersion)
}

impl Serialize for Version {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Version {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

impl JsonSchema for Version {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> Cow<'static, str> {
        "Version".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "pattern": PATTERN, CHECKS_ITSELF: true })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn versions(since: &str, until: &str) -> Versions {
        Versions { since: since.parse().ok(), until: until.parse().ok(), replaced_by: None }
    }

    #[test]
    fn a_version_is_two_numbers() {
        assert_eq!("1.12".parse(), Ok(Version { major: 1, minor: 12 }));
        assert!("1.9".parse::<Version>().unwrap() < "1.10".parse().unwrap());
        assert_eq!(Version { major: 1, minor: 12 }.to_string(), "1.12");
        for bad in ["", "1", "1.", ".1", "1.2.3", "+1.2", "1.-2", "v1.2", "1.10000", "00001.0"] {
            assert_eq!(bad.parse::<Version>(), Err(InvalidVersion), "{bad}");
        }
    }

    #[test]
    fn a_version_is_a_text_in_json() {
        let version = Version { major: 9999, minor: 0 };
        let json = serde_json::to_string(&version).unwrap();
        assert_eq!((&*json, serde_json::from_str(&json).ok()), ("\"9999.0\"", Some(version)));
        let error = serde_json::from_str::<Version>("\"9999\"").unwrap_err().to_string();
        assert!(error.starts_with("is not a version, as `1.4`"), "{error}");
    }

    #[test]
    fn until_is_the_first_version_without_it() {
        let middle = versions("1.2", "2.0");
        for (version, expected) in [("1.1", false), ("1.2", true), ("1.9", true), ("2.0", false)] {
            assert_eq!(middle.has(version.parse().unwrap()), expected, "{version}");
        }
        assert!(Versions::default().has(Version { major: 0, minor: 0 }));
    }

    #[test]
    fn ranges_that_touch_do_not_overlap() {
        for (one, two, expected) in [
            (("", "2.0"), ("2.0", ""), false),
            (("1.0", "2.0"), ("2.0", "3.0"), false),
            (("1.0", "2.1"), ("2.0", "3.0"), true),
            (("1.0", "9.0"), ("2.0", "3.0"), true),
            (("", ""), ("2.0", ""), true),
            (("", ""), ("", ""), true),
            (("", "1.0"), ("", "2.0"), true),
        ] {
            let (one, two) = (versions(one.0, one.1), versions(two.0, two.1));
            assert_eq!(one.overlap(two), expected, "{one:?} {two:?}");
            assert_eq!(two.overlap(one), expected, "{two:?} {one:?}");
        }
    }
}
