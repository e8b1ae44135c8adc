//! What names one event among those of all nodes and all their starts.

use std::{fmt, str::FromStr};

use arsenal_core::name::NodeName;

/// The id of an event: `<node>.<generation>.<number>`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EventId {
    /// The node that saw it.
    pub node: NodeName,
    /// Which start of the node.
    pub generation: u64,
    /// Counts the events of that start.
    pub number: u64,
}

impl fmt::Display for EventId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}.{}.{}", self.node, self.generation, self.number)
    }
}

impl FromStr for EventId {
    type Err = InvalidEventId;

    fn from_str(text: &str) -> Result<Self, InvalidEventId> {
        let mut parts = text.split('.');
        let (Some(node), Some(generation), Some(number), None) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(InvalidEventId);
        };
        match (node.parse(), generation.parse(), number.parse()) {
            (Ok(node), Ok(generation), Ok(number)) => Ok(Self { node, generation, number }),
            _ => Err(InvalidEventId),
        }
    }
}

/// A text that is not `<node>.<generation>.<number>`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InvalidEventId;

impl fmt::Display for InvalidEventId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("is not the id of an event: <node>.<generation>.<number>")
    }
}

impl std::error::Error for InvalidEventId {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_reads_back_as_it_is_written() {
        let id: EventId = "node-1.17.3".parse().unwrap();
        assert_eq!((id.node.as_str(), id.generation, id.number), ("node-1", 17, 3));
        assert_eq!(id.to_string(), "node-1.17.3");
    }

    #[test]
    fn anything_else_is_no_id() {
        for text in ["", "7", "a.1", "a.1.x", "a.1.2.3", "A.1.2", "a.-1.2"] {
            assert_eq!(text.parse::<EventId>(), Err(InvalidEventId), "{text}");
        }
    }
}
