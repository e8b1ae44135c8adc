//! How a request names one process: by its id, by its name, or by name and node.

use std::{borrow::Cow, fmt, str::FromStr};

use arsenal_core::{name::NodeName, openapi::CHECKS_ITSELF};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

use super::{InvalidProcessName, ProcessId, ProcessName};

/// One process of the cluster: `a.1763939212345.42`, `counter`, or `counter@a` where the name repeats.
///
/// The text alone decides what is meant, not who is a member: behind the last `@` stands a node if it is
/// spelled like one. So a name that itself ends like that is given with its node: `mail@home@a` is
/// the process `mail@home` of node `a`, and `mail@home` the process `mail` of node `home`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ProcessAddress {
    /// By its id, which no other process ever had.
    Id(ProcessId),
    /// By its name, whichever node it is on.
    Name(ProcessName),
    /// By its name on one node.
    NameOn(ProcessName, NodeName),
}

/// A text that names no process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InvalidProcessAddress(InvalidProcessName);

impl fmt::Display for InvalidProcessAddress {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            formatter,
            "is neither a process id, `<node>.<generation>.<local>`, nor a name: {}",
            self.0
        )
    }
}

impl std::error::Error for InvalidProcessAddress {}

impl fmt::Display for ProcessAddress {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Id(id) => id.fmt(formatter),
            Self::Name(name) => name.fmt(formatter),
            Self::NameOn(name, node) => write!(formatter, "{name}@{node}"),
        }
    }
}

impl FromStr for ProcessAddress {
    type Err = InvalidProcessAddress;

    fn from_str(text: &str) -> Result<Self, InvalidProcessAddress> {
        if let Ok(id) = text.parse() {
            return Ok(Self::Id(id));
        }
        let with_node = text
            .rsplit_once('@')
            .and_then(|(name, node)| Some(Self::NameOn(name.parse().ok()?, node.parse().ok()?)));
        match with_node {
            Some(address) => Ok(address),
            None => text.parse().map(Self::Name).map_err(InvalidProcessAddress),
        }
    }
}

impl Serialize for ProcessAddress {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for ProcessAddress {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Cow::<'de, str>::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}

impl JsonSchema for ProcessAddress {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> Cow<'static, str> {
        "ProcessAddress".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "string",
            "minLength": 1,
            // The longest name, `@`, and the longest node.
            "maxLength": 256 + 1 + 63,
            CHECKS_ITSELF: true,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a text is taken for: `id`, or the name and, behind a space, the node.
    fn read(text: &str) -> String {
        match text.parse().unwrap() {
            ProcessAddress::Id(_) => String::from("id"),
            ProcessAddress::Name(name) => format!("<{name}>"),
            ProcessAddress::NameOn(name, node) => format!("<{name}> {node}"),
        }
    }

    #[test]
    fn the_spelling_says_what_is_meant() {
        for (text, meant) in [
            ("a.1.2", "id"),
            ("counter", "<counter>"),
            ("a.1", "<a.1>"),
            ("counter@a", "<counter> a"),
            ("mail@home@a", "<mail@home> a"),
            ("mail@Home", "<mail@Home>"),
            ("Zähler 1/2 %@a-1", "<Zähler 1/2 %> a-1"),
            // Neither side is a name of its own: the whole text is one.
            ("@a", "<@a>"),
            ("a@", "<a@>"),
            ("a.1.2@b", "<a.1.2@b>"),
            ("a.1.2@b@b", "<a.1.2@b> b"),
        ] {
            assert_eq!(read(text), meant, "{text}");
            assert_eq!(text.parse::<ProcessAddress>().unwrap().to_string(), text);
        }
    }

    #[test]
    fn the_longest_name_has_room_for_its_node() {
        let (name, node) = ("x".repeat(256), "n".repeat(63));
        assert_eq!(read(&name), format!("<{name}>"));
        assert_eq!(read(&format!("{name}@{node}")), format!("<{name}> {node}"));
        for bad in ["", "a\nb", &format!("{name}x"), &format!("{name}x@a"), "a\n@b"] {
            let error = bad.parse::<ProcessAddress>().unwrap_err().to_string();
            assert!(error.starts_with("is neither a process id"), "{error}");
        }
    }
}
