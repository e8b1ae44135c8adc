//! One authenticated session, and the way to the other side's agent over it.

use std::{fmt, net::SocketAddr, sync::Arc};

use ractor::{ActorCell, ActorId, ActorRef, message::SerializedMessage};
use ractor_cluster::{NodeSessionMessage, node::NodeServerSessionInformation};

use super::agent::{GROUP, SCOPE};
use crate::network::{SendError, paths::Dialled};

/// The mirror of the other side's agent must never leave this type: `stop` or `kill` on a mirror
/// ends the local proxy, leaves the remote actor running, and takes the whole session with it.
pub(super) struct Link {
    mirror: ActorCell,
    session: ActorRef<NodeSessionMessage>,
    dialled: Option<SocketAddr>,
}

impl Link {
    /// The link of a session that is ready; `None` if the other side has no agent.
    ///
    /// The agent of the other side is the only member of the agents' group that came over the session.
    pub(super) fn of(session: &NodeServerSessionInformation) -> Option<Self> {
        let agents = ractor::pg::get_scoped_members(&SCOPE.into(), &GROUP.into());
        let mirror = agents.into_iter().find(|agent| match agent.get_id() {
            ActorId::Remote { node_id, .. } => node_id == session.node_id,
            ActorId::Local(_) => false,
        })?;
        let dialled = if session.is_server { None } else { session.peer_addr.parse().ok() };
        Some(Self { mirror, session: session.actor.clone(), dialled })
    }

    /// Hands a frame to the session. It does not wait, and it does not say whether it arrives.
    pub(super) fn send(&self, label: String, frame: Vec<u8>) -> Result<(), SendError> {
        let message = SerializedMessage::Cast { variant: label, args: frame, metadata: None };
        // The error holds the whole message back and says no more than that the mirror is gone.
        self.mirror.send_serialized(message).map_err(|_gone| SendError::NoPath)
    }

    /// Ends the session, and with it the connection.
    pub(super) fn close(&self) {
        self.session.stop(Some(String::from("the path ended")));
    }

    pub(super) fn session(&self) -> ActorId {
        self.session.get_id()
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
