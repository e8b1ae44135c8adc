//! Who is at the other end of a path.

use std::{fmt, net::SocketAddr, str::FromStr};

use arsenal_core::name::NodeName;

/// One start of one node. A restart is another peer: same name, higher generation.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct PeerId {
    /// The name of the node.
    pub name: NodeName,
    /// Which start of it. Grows from start to start.
    pub generation: u64,
}

impl fmt::Display for PeerId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}#{}", self.name, self.generation)
    }
}

impl FromStr for PeerId {
    type Err = InvalidPeerId;

    fn from_str(text: &str) -> Result<Self, InvalidPeerId> {
        let (name, generation) = text.split_once('#').ok_or(InvalidPeerId)?;
        match (name.parse(), generation.parse()) {
            (Ok(name), Ok(generation)) => Ok(Self { name, generation }),
            _ => Err(InvalidPeerId),
        }
    }
}

/// A text that is not `name#generation`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InvalidPeerId;

impl fmt::Display for InvalidPeerId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("is not a peer: name#generation")
    }
}

impl std::error::Error for InvalidPeerId {}

/// A peer and where it listens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Peer {
    /// Who it is.
    pub id: PeerId,
    /// The address that it advertises for other nodes.
    pub address: SocketAddr,
}

/// A peer that shall have a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WantedPeer {
    /// Where to dial.
    pub address: SocketAddr,
    /// Who is expected there. `None`, while only the address is known: anyone who advertises it.
    pub id: Option<PeerId>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_peer_reads_back_as_it_is_written() {
        let id: PeerId = "node-1#42".parse().unwrap();
        assert_eq!(id.name.as_str(), "node-1");
        assert_eq!(id.generation, 42);
        assert_eq!(id.to_string(), "node-1#42");
    }

    #[test]
    fn anything_else_is_not_a_peer() {
        for text in ["", "a", "a#", "#1", "a#-1", "A#1", "a#1#2", "a#1 ", "a#99999999999999999999"]
        {
            assert_eq!(text.parse::<PeerId>(), Err(InvalidPeerId), "{text}");
        }
    }
}
