//! One authenticated session, and the way to the other side's agent over it.

use std::{fmt, net::SocketAddr, sync::Arc};

use ractor::{ActorCell, ActorId, ActorRef, message::SerializedMessage};
use ractor_cluster::{NodeSessionMessage, node::NodeServerSessionInformation};

use super::agent::agents_of;
use crate::network::{PeerId, SendError, paths::Dialled};

/// The mirror of the other side's agent must never leave this type: `stop` or `kill` on a mirror
/// ends the local proxy, leaves the remote actor running, and takes the whole session with it.
pub(super) struct Link {
    mirror: ActorCell,
    session: ActorId,
    /// Ends the session; `None` where that is the program's.
    closes: Option<ActorRef<NodeSessionMessage>>,
    dialled: Option<SocketAddr>,
}

impl Link {
    /// Who is at the other end of a session that is ready, and the link to it; `None` if the other side
    /// has no agent.
    pub(super) fn of(session: &NodeServerSessionInformation) -> Option<(PeerId, Self)> {
        let mut agents = agents_of(session.node_id).into_iter();
        // Whoever has two is nobody for certain.
        let (Some((peer, mirror)), None) = (agents.next(), agents.next()) else { return None };
        let dialled = if session.is_server { None } else { session.peer_addr.parse().ok() };
        let closes = Some(session.actor.clone());
        Some((peer, Self { mirror, session: session.actor.get_id(), closes, dialled }))
    }

    /// The link over a session of the program, to the agent behind this mirror.
    pub(super) const fn lent(mirror: ActorCell, session: ActorId) -> Self {
        Self { mirror, session, closes: None, dialled: None }
    }

    /// Hands a frame to the session. It does not wait, and it does not say whether it arrives.
    pub(super) fn send(&self, label: String, frame: Vec<u8>) -> Result<(), SendError> {
        let message = SerializedMessage::Cast { variant: label, args: frame, metadata: None };
        // The error holds the whole message back and says no more than that the mirror is gone.
        self.mirror.send_serialized(message).map_err(|_gone| SendError::NoPath)
    }

    /// Ends the session, and with it the connection. A session of the program goes on.
    pub(super) fn close(&self) {
        if let Some(session) = &self.closes {
            session.stop(Some(String::from("the path ended")));
        }
    }

    pub(super) const fn session(&self) -> ActorId {
        self.session
    }
}

impl Dialled for Arc<Link> {
    fn dialled(&self) -> Option<SocketAddr> {
        self.dialled
    }
}

impl fmt::Debug for Link {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Link").field("session", &self.session()).finish_non_exhaustive()
    }
}
