//! Names of processes: checked once, then carried as a type.

use std::{borrow::Cow, fmt, str::FromStr, sync::Arc};

use arsenal_core::openapi::CHECKS_ITSELF;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, de::Error as _};

use super::ProcessId;

/// The longest name, in bytes of UTF-8.
const PROCESS_NAME_BYTES_MAX: usize = 256;

/// A name of 1 to 256 bytes of UTF-8 without control characters that does not read as a process id and is
/// neither `.` nor `..`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
pub struct ProcessName(Arc<str>);

impl ProcessName {
    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Why a text cannot name a process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InvalidProcessName {
    /// Empty, or longer than 256 bytes.
    Length,
    /// It has a control character.
    Control,
    /// It reads as a process id.
    ProcessId,
    /// It is `.` or `..`, which clients take out of a path.
    Dots,
}

impl fmt::Display for InvalidProcessName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Length => "a name has 1 to 256 bytes",
            Self::Control => "a name has no control characters",
            Self::ProcessId => "a name must not read as a process id",
            Self::Dots => "a name must not be `.` or `..`: no path could lead to it",
        })
    }
}

impl std::error::Error for InvalidProcessName {}

impl FromStr for ProcessName {
    type Err = InvalidProcessName;

    fn from_str(text: &str) -> Result<Self, InvalidProcessName> {
        if text.is_empty() || text.len() > PROCESS_NAME_BYTES_MAX {
            return Err(InvalidProcessName::Length);
        }
        if text.chars().any(char::is_control) {
            return Err(InvalidProcessName::Control);
        }
        if text.parse::<ProcessId>().is_ok() {
            return Err(InvalidProcessName::ProcessId);
        }
        if matches!(text, "." | "..") {
            return Err(InvalidProcessName::Dots);
        }
        Ok(Self(text.into()))
    }
}

impl fmt::Display for ProcessName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for ProcessName {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Cow::<'de, str>::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}

impl JsonSchema for ProcessName {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> Cow<'static, str> {
        "ProcessName".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "string",
            "minLength": 1,
            "maxLength": PROCESS_NAME_BYTES_MAX,
            CHECKS_ITSELF: true,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_name_may_be() {
        for good in ["counter", "Zähler 1", "a/b", "a.1", &"x".repeat(256)] {
            assert!(good.parse::<ProcessName>().is_ok(), "{good}");
        }
        for (bad, why) in [
            ("", InvalidProcessName::Length),
            (&*"x".repeat(257), InvalidProcessName::Length),
            ("a\nb", InvalidProcessName::Control),
            ("a.1.2", InvalidProcessName::ProcessId),
            (".", InvalidProcessName::Dots),
            ("..", InvalidProcessName::Dots),
        ] {
            assert_eq!(bad.parse::<ProcessName>(), Err(why), "{bad:?}");
        }
    }
}
