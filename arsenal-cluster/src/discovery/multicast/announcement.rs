//! What a node announces, before it is sealed.

use std::net::SocketAddr;

use serde::{Deserialize, Serialize};

use crate::network::Peer;

/// Who is where.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Announcement {
    pub(super) peer: Peer,
    /// Counts the announcements of this start of the node.
    pub(super) number: u64,
}

#[derive(Serialize, Deserialize)]
struct Encoded {
    node: String,
    address: SocketAddr,
    number: u64,
}

impl Announcement {
    pub(super) fn encode(&self) -> Vec<u8> {
        let Peer { id, address } = &self.peer;
        let encoded = Encoded { node: id.to_string(), address: *address, number: self.number };
        serde_json::to_vec(&encoded).expect("texts and numbers are JSON")
    }

    /// None for what no node of this version announces.
    pub(super) fn decode(bytes: &[u8]) -> Option<Self> {
        let Encoded { node, address, number } = serde_json::from_slice(bytes).ok()?;
        Some(Self { peer: Peer { id: node.parse().ok()?, address }, number })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_announcement_is_read_as_it_was_written() {
        let peer = Peer { id: "a#7".parse().unwrap(), address: ([10, 0, 0, 7], 7000).into() };
        let announcement = Announcement { peer, number: 3 };
        let bytes = announcement.encode();
        let text = r#"{"node":"a#7","address":"10.0.0.7:7000","number":3}"#;
        assert_eq!(std::str::from_utf8(&bytes), Ok(text), "other versions read it, too");
        assert_eq!(Announcement::decode(&bytes), Some(announcement));
        assert_eq!(Announcement::decode(br#"{"node":"a"}"#), None);
    }
}
