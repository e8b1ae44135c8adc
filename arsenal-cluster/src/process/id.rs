//! The identity of a process in the whole cluster, over restarts.

use std::{borrow::Cow, fmt, str::FromStr};

use arsenal_core::{name::NodeName, openapi::CHECKS_ITSELF};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

/// `<node>.<generation>.<local>`: never used twice.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ProcessId {
    /// The node that it runs on.
    pub node: NodeName,
    /// Which start of the node.
    pub generation: u64,
    /// Its number within that start.
    pub local: u64,
}

/// A text that is no process id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InvalidProcessId;

impl fmt::Display for InvalidProcessId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("is not a process id, `<node>.<generation>.<local>`")
    }
}

impl std::error::Error for InvalidProcessId {}

impl fmt::Display for ProcessId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}.{}.{}", self.node, self.generation, self.local)
    }
}

impl FromStr for ProcessId {
    type Err = InvalidProcessId;

    fn from_str(text: &str) -> Result<Self, InvalidProcessId> {
        let parse = || {
            let (rest, local) = text.rsplit_once('.')?;
            let (node, generation) = rest.rsplit_once('.')?;
            Some(Self {
                node: node.parse().ok()?,
                generation: generation.parse().ok()?,
                local: local.parse().ok()?,
            })
        };
        parse().ok_or(InvalidProcessId)
    }
}

impl Serialize for ProcessId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for ProcessId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Cow::<'de, str>::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}

impl JsonSchema for ProcessId {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> Cow<'static, str> {
        "ProcessId".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "string",
            "pattern": r"^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.[0-9]{1,20}\.[0-9]{1,20}$",
            CHECKS_ITSELF: true,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_comes_back_from_its_text() {
        let id: ProcessId = "node-1.1763939212345.42".parse().unwrap();
        assert_eq!((id.node.as_str(), id.generation, id.local), ("node-1", 1_763_939_212_345, 42));
        assert_eq!(id.to_string(), "node-1.1763939212345.42");
        for bad in ["", "a.1", "a.1.x", "A.1.2", "a.1.2.3x", ".1.2"] {
            assert!(bad.parse::<ProcessId>().is_err(), "{bad}");
        }
    }
}
