//! The node server of a process: one that this network starts, or the one that the program has.

use std::{net::Ipv4Addr, time::Duration};

use ractor::{Actor, ActorRef, rpc::CallResult};
use ractor_cluster::{
    NodeServer, NodeServerMessage,
    node::{NodeConnectionMode, NodeServerSessionInformation},
};

use super::{ClusterSecret, OpenError, agent::Events, open::SESSION_FRAME_BYTES_MAX};
use crate::network::PeerId;

/// How long the node server of the program may take for an answer.
const ANSWER_MAX: Duration = Duration::from_secs(5);

/// Under which name this network subscribes to events of sessions.
const SUBSCRIPTION: &str = "arsenal";

/// Which `NodeServer` of `ractor_cluster` makes the sessions.
#[derive(Clone, Debug)]
pub enum SessionServer {
    /// One that is started for this network, with what the nodes of the cluster share.
    Own(ClusterSecret),
    /// The one that the program has. No second one is started, since ractor's registries are global to
    /// the process: its process groups would have all members twice.
    ///
    /// It stays the program's: its sessions are never closed by this network, and it goes on when the
    /// network is closed. A path may run on a session that the program made; other nodes are dialled as
    /// ever, at their `advertise`. All nodes need the same cookie, and each server a name of its own; it
    /// has to take frames of 2 MiB, which it does by default.
    Given(ActorRef<NodeServerMessage>),
}

impl From<ClusterSecret> for SessionServer {
    fn from(secret: ClusterSecret) -> Self {
        Self::Own(secret)
    }
}

/// A node server that runs.
#[derive(Clone)]
pub(super) struct Server {
    pub(super) actor: ActorRef<NodeServerMessage>,
    /// Whether it is the program's.
    pub(super) is_given: bool,
}

impl Server {
    pub(super) async fn start(of: SessionServer, id: &PeerId) -> Result<Self, OpenError> {
        Ok(match of {
            SessionServer::Own(secret) => {
                let spawned = Actor::spawn(None, node_server(&secret, id), ()).await;
                Self { actor: spawned.map_err(OpenError::Start)?.0, is_given: false }
            }
            SessionServer::Given(actor) => Self { actor, is_given: true },
        })
    }

    pub(super) fn subscribe(&self, events: Events) {
        let (id, subscription) = (String::from(SUBSCRIPTION), Box::new(events));
        if self.actor.cast(NodeServerMessage::SubscribeToEvents { id, subscription }).is_err() {
            tracing::error!("the node server ended as soon as it had started");
        }
    }

    /// The authenticated sessions. All that the server was told before has happened when they are here.
    pub(super) async fn sessions(&self) -> Option<Vec<NodeServerSessionInformation>> {
        match self.actor.call(NodeServerMessage::GetSessions, Some(ANSWER_MAX)).await {
            Ok(CallResult::Success(sessions)) => Some(sessions.into_values().collect()),
            Ok(CallResult::Timeout | CallResult::SenderError) | Err(_) => None,
        }
    }

    /// Ends it within this time, or leaves the program's alone.
    pub(super) async fn close(&self, within: Duration) {
        if self.is_given {
            // What was handed to it before is a session now, and the agent knows of it.
            if self.sessions().await.is_none() {
                tracing::debug!("the node server of the program does not answer any more");
            }
            self.leave();
        } else if self.actor.stop_and_wait(None, Some(within)).await.is_err() {
            tracing::warn!("the node server did not end in time");
        }
    }

    /// As [`close`](Self::close), without waiting.
    pub(super) fn abandon(&self) {
        if self.is_given { self.leave() } else { self.actor.stop(None) }
    }

    fn leave(&self) {
        let unsubscribe = NodeServerMessage::UnsubscribeToEvents(String::from(SUBSCRIPTION));
        if self.actor.cast(unsubscribe).is_err() {
            tracing::debug!("the node server of the program ended before");
        }
    }
}

/// The node server opens a listener in any case. It gets one that only this machine reaches, and the
/// sessions that come through it are closed.
fn node_server(secret: &ClusterSecret, id: &PeerId) -> NodeServer {
    // The host is part of what tells nodes apart, and two may share an address behind a translator.
    let (name, host) = (id.to_string(), id.to_string());
    let mode = Some(NodeConnectionMode::Isolated);
    NodeServer::new(0, secret.cookie(), name, host, None, mode)
        .with_listen_addr(Ipv4Addr::LOCALHOST.into())
        .with_max_inbound_frame_size(SESSION_FRAME_BYTES_MAX)
}
