//! What the agent receives: frames from other agents, and events of this node's sessions.
//!
//! A ractor cast says neither who sent it nor over which session. So the sender and the epoch of its
//! path travel in the `variant` of the cast, and `args` is the frame as it is, never copied.

use ractor::{
    ActorId, Message,
    message::{BoxedDowncastErr, SerializedMessage},
};
use ractor_cluster::node::NodeServerSessionInformation;

use crate::network::PeerId;

pub(super) enum AgentMessage {
    /// Something that the agent of a peer sent.
    Received { label: String, body: Vec<u8> },
    /// A session was opened, by either side. Nothing is proven yet.
    Opened(NodeServerSessionInformation),
    /// Both sides of a session proved that they know the secret.
    Proved(NodeServerSessionInformation),
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
            Self::Opened(_)
            | Self::Proved(_)
            | Self::Ready(_)
            | Self::Gone(_)
            | Self::Wake
            | Self::Unreadable => Err(BoxedDowncastErr),
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

/// Who the other end of a session says it is: the part of its ractor name before the `@`. Whoever uses the
/// node server of a program says nothing of it there; its agent does.
pub(super) fn peer_of(session: &NodeServerSessionInformation) -> Option<PeerId> {
    session.peer_name.as_ref()?.name.split('@').next()?.parse().ok()
}

/// The actor id of a session, by which events about it are matched.
pub(super) fn id_of(session: &NodeServerSessionInformation) -> ActorId {
    session.actor.get_id()
}
