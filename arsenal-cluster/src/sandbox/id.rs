//! The identity of a sandbox: it names its owner, so that any node finds the record.

use std::{borrow::Cow, fmt, str::FromStr};

use arsenal_core::{name::NodeName, openapi::CHECKS_ITSELF};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

/// `<owner>-<8 hex digits>`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct SandboxId {
    owner: NodeName,
    number: u32,
}

impl SandboxId {
    /// An id of a sandbox that `owner` creates.
    pub fn new(owner: NodeName, number: u32) -> Self {
        Self { owner, number }
    }

    /// The node that has the record.
    pub fn owner(&self) -> &NodeName {
        &self.owner
    }
}

/// A text that is no sandbox id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InvalidSandboxId;

impl fmt::Display for InvalidSandboxId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("is not a sandbox id, `<owner>-<8 hex digits>`")
    }
}

impl std::error::Error for InvalidSandboxId {}

impl fmt::Display for SandboxId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}-{:08x}", self.owner, self.number)
    }
}

impl FromStr for SandboxId {
    type Err = InvalidSandboxId;

    fn from_str(text: &str) -> Result<Self, InvalidSandboxId> {
        let parse = || {
            let (owner, digits) = text.rsplit_once('-')?;
            let is_ours = digits.len() == 8
                && digits.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b));
            let number = is_ours.then(|| u32::from_str_radix(digits, 16).ok())??;
            Some(Self { owner: owner.parse().ok()?, number })
        };
        parse().ok_or(InvalidSandboxId)
    }
}

impl Serialize for SandboxId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for SandboxId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Cow::<'de, str>::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}

impl JsonSchema for SandboxId {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> Cow<'static, str> {
        "SandboxId".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "string",
            "pattern": "^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?-[0-9a-f]{8}$",
            CHECKS_ITSELF: true,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_names_its_owner() {
        let id: SandboxId = "node-1-00ab12cd".parse().unwrap();
        assert_eq!((id.owner().as_str(), id.to_string().as_str()), ("node-1", "node-1-00ab12cd"));
        for bad in ["", "a", "a-1", "a-00AB12CD", "-00ab12cd", "a-00ab12cd0", "a-+0ab12cd"] {
            assert!(bad.parse::<SandboxId>().is_err(), "{bad}");
        }
    }
}
