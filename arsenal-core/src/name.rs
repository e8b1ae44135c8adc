//! Names of nodes: checked once, then carried as a type.

use std::{borrow::Cow, fmt, str::FromStr, sync::Arc};

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize};

use crate::openapi::CHECKS_ITSELF;

/// The name of a node: `[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?`.
///
/// Cheap to clone. The only way to make one is to parse it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct NodeName(Arc<str>);

/// The longest name: a label of the domain name system.
const NODE_NAME_BYTES_MAX: usize = 63;

impl NodeName {
    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Names as a sentence has them: `a, b, c`.
    pub fn listed<'a, Names: ?Sized>(names: &'a Names) -> String
    where
        &'a Names: IntoIterator<Item = &'a Self>,
    {
        names.into_iter().map(Self::as_str).collect::<Vec<_>>().join(", ")
    }
}

impl FromStr for NodeName {
    type Err = InvalidNodeName;

    fn from_str(text: &str) -> Result<Self, InvalidNodeName> {
        let is_plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
        let bytes = text.as_bytes();
        let edges_are_plain = bytes.first().copied().is_some_and(is_plain)
            && bytes.last().copied().is_some_and(is_plain);
        if edges_are_plain
            && bytes.len() <= NODE_NAME_BYTES_MAX
            && bytes.iter().all(|byte| is_plain(*byte) || *byte == b'-')
        {
            Ok(Self(text.into()))
        } else {
            Err(InvalidNodeName)
        }
    }
}

impl fmt::Display for NodeName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for NodeName {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

impl JsonSchema for NodeName {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> Cow<'static, str> {
        "NodeName".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "string",
            "pattern": "^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$",
            CHECKS_ITSELF: true,
        })
    }
}

/// A text that cannot name a node.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InvalidNodeName;

impl fmt::Display for InvalidNodeName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(
            "is not a node name: 1 to 63 of a-z, 0-9 and `-`, not starting or ending with `-`",
        )
    }
}

impl std::error::Error for InvalidNodeName {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_a_lower_case_label() {
        let long = "a".repeat(63);
        for good in ["a", "node-1", "0", "a--b", &long] {
            assert!(good.parse::<NodeName>().is_ok(), "{good}");
        }
        let longer = "a".repeat(64);
        for bad in ["", "-", "a-", "-a", "A", "a.b", "ä", "a b", &longer] {
            assert!(bad.parse::<NodeName>().is_err(), "{bad}");
        }
    }
}
