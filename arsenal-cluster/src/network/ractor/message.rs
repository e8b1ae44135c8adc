//! What the agent receives: frames from other agents, and events of this node's sessions.
//!
//! A ractor cast says neither who sent it nor over which session. So the sender and the epoch of its
//! path travel in the `variant` of the cast, and `args` is the frame as it is, never copied.

use std::net::SocketAddr;

use ractor::{
    ActorId, Message,
    message::{BoxedDowncastErr, SerializedMessage},
};
use ractor_cluster::node::NodeServerSessionInformation;

use crate::network::PeerId;

pub(in crate::network) enum AgentMessage {
    /// Something that the agent of a peer sent.
    Received { label: String, body: Vec<u8> },
    /// A session was opened, by either side. Nothing is proven yet.
    Opened(NodeServerSessionInformation),
    /// A session is authenticated, and the other side's agent is known here.
    Ready(NodeServerSessionInformation),
    /// A session ended.
    Gone(NodeServerSessionInformation),
    /// There are steps to carry out that another thread left.
    Wake,
    /// A message that no agent sends.
    Unreadable,
}

impl Message for AgentMessage {
    fn serializable() -> bool {
        true
    }

    fn serialize(self) -> Result<SerializedMessage, BoxedDowncastErr> {
        match self {
            Self::Received { label, body } => {
                Ok(SerializedMessage::Cast { variant: label, args: body, metadata: None })
            }
            Self::Opened(_) | Self::Ready(_) | Self::Gone(_) | Self::Wake | Self::Unreadable => {
                Err(BoxedDowncastErr)
            }
        }
    }

    /// Never fails: an error here would end the agent.
    fn deserialize(message: SerializedMessage) -> Result<Self, BoxedDowncastErr> {
        Ok(match message {
            SerializedMessage::Cast { variant: label, args: body, .. } => {
                Self::Received { label, body }
            }
            SerializedMessage::Call { .. } | SerializedMessage::CallReply(..) => Self::Unreadable,
        })
    }
}

/// The label of a frame: the sender, and the number that it gave to this path.
pub(in crate::network) fn label(sender: &PeerId, epoch: u64) -> String {
    format!("{sender}/{epoch}")
}

/// Starts the label of a greeting.
const GREETING: &str = "hello ";

/// What both ends of a path tell each other before it is up.
///
/// A path is up at one end when a greeting says that the other end heard of its epoch. `ready` of a
/// session alone is not enough: the other end may not know yet how to answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::network) struct Greeting {
    pub(in crate::network) sender: PeerId,
    /// The number that the sender gave to the path.
    pub(in crate::network) epoch: u64,
    /// Where the sender listens.
    pub(in crate::network) address: SocketAddr,
    /// The epoch of the receiver that the sender heard of; zero for none.
    pub(in crate::network) heard: u64,
}

impl Greeting {
    pub(in crate::network) fn encode(&self) -> (String, Vec<u8>) {
        let label = format!("{GREETING}{}", label(&self.sender, self.epoch));
        (label, format!("{} {}", self.address, self.heard).into_bytes())
    }

    pub(in crate::network) fn is_labelled(label: &str) -> bool {
        label.starts_with(GREETING)
    }

    pub(in crate::network) fn decode(label: &str, body: &[u8]) -> Option<Self> {
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

/// The peer behind an authenticated session: the part of its ractor name before the `@`.
pub(in crate::network) fn peer_of(session: &NodeServerSessionInformation) -> Option<PeerId> {
    session.peer_name.as_ref()?.name.split('@').next()?.parse().ok()
}

/// The actor id of a session, by which events about it are matched.
pub(in crate::network) fn id_of(session: &NodeServerSessionInformation) -> ActorId {
    session.actor.get_id()
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
