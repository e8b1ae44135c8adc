//! What both ends of a path tell each other, and the label of what travels on it.

use std::net::SocketAddr;

use super::PeerId;

/// The label of a frame: the sender, and the number that it gave to this path.
pub(super) fn label(sender: &PeerId, epoch: u64) -> String {
    format!("{sender}/{epoch}")
}

/// Starts the label of a greeting.
const GREETING: &str = "hello ";

/// What both ends of a path tell each other before it is up.
///
/// A path is up at one end when a greeting says that the other end heard of its epoch. `ready` of a
/// session alone is not enough: the other end may not know yet how to answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Greeting {
    pub(super) sender: PeerId,
    /// The number that the sender gave to the path.
    pub(super) epoch: u64,
    /// Where the sender listens.
    pub(super) address: SocketAddr,
    /// The epoch of the receiver that the sender heard of; zero for none.
    pub(super) heard: u64,
}

impl Greeting {
    pub(super) fn encode(&self) -> (String, Vec<u8>) {
        let label = format!("{GREETING}{}", label(&self.sender, self.epoch));
        (label, format!("{} {}", self.address, self.heard).into_bytes())
    }

    pub(super) fn is_labelled(label: &str) -> bool {
        label.starts_with(GREETING)
    }

    pub(super) fn decode(label: &str, body: &[u8]) -> Option<Self> {
        let (sender, epoch) = label.strip_prefix(GREETING)?.split_once('/')?;
        let (address, heard) = std::str::from_utf8(body).ok()?.split_once(' ')?;
        Some(Self {
            sender: sender.parse().ok()?,
            epoch: epoch.parse().ok()?,
            address: address.parse().ok()?,
            heard: heard.parse().ok()?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_greeting_reads_back_as_it_is_written() {
        let greeting = Greeting {
            sender: "b#7".parse().unwrap(),
            epoch: 3,
            address: "[::1]:4000".parse().unwrap(),
            heard: 9,
        };
        let (label, body) = greeting.encode();
        assert!(Greeting::is_labelled(&label));
        assert_eq!(Greeting::decode(&label, &body), Some(greeting));
    }

    #[test]
    fn a_mangled_greeting_is_none() {
        for (label, body) in [
            ("hello ", "127.0.0.1:1 0"),
            ("hello b#7", "127.0.0.1:1 0"),
            ("hello b#7/x", "127.0.0.1:1 0"),
            ("hello b#7/1", "127.0.0.1:1"),
            ("hello b#7/1", "nowhere 0"),
            ("hello b#7/1", "127.0.0.1:1 -1"),
            ("b#7/1", "127.0.0.1:1 0"),
        ] {
            assert_eq!(Greeting::decode(label, body.as_bytes()), None, "{label} {body}");
        }
        assert_eq!(Greeting::decode("hello b#7/1", b"\xff"), None);
    }
}
