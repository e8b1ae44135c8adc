//! The one remotable actor of a node: through its mailbox goes all that arrives, in one order.

use std::sync::Arc;

use ractor::{Actor, ActorCell, ActorId, ActorProcessingErr, ActorRef, SupervisionEvent, pg};
use ractor_cluster::node::{NodeEventSubscription, NodeServerSessionInformation};

use super::{core::Core, events, lending, message::AgentMessage};
use crate::network::PeerId;

/// Where the agents of all nodes find each other: each is alone in a group with the name of its node.
/// The name of its node server does not say who it is: that may be the program's.
pub(crate) const AGENT_SCOPE: &str = "arsenal";

/// The agents that came over the session with this number. An honest node has one.
pub(super) fn agents_of(session: u64) -> Vec<(PeerId, ActorCell)> {
    let is_its = |agent: &ActorCell| match agent.get_id() {
        ActorId::Remote { node_id, .. } => node_id == session,
        ActorId::Local(_) => false,
    };
    let scope = String::from(AGENT_SCOPE);
    let agents = pg::which_scoped_groups(&scope).into_iter().filter_map(|group| {
        let peer = peer_of_agent(&group)?;
        let mirror = pg::get_scoped_members(&scope, &group).into_iter().find(is_its)?;
        Some((peer, mirror))
    });
    agents.collect()
}

/// Whose agents are in a group.
pub(super) fn peer_of_agent(group: &str) -> Option<PeerId> {
    group.parse().ok()
}

pub(super) struct Agent;

impl Actor for Agent {
    type Msg = AgentMessage;
    type State = Arc<Core>;
    type Arguments = Arc<Core>;

    async fn pre_start(
        &self,
        myself: ActorRef<AgentMessage>,
        core: Arc<Core>,
    ) -> Result<Arc<Core>, ActorProcessingErr> {
        if core.server.is_given {
            pg::monitor_scope(AGENT_SCOPE.into(), myself.get_cell());
        }
        pg::join_scoped(AGENT_SCOPE.into(), core.me.id.to_string(), vec![myself.get_cell()]);
        Ok(core)
    }

    async fn handle(
        &self,
        _: ActorRef<AgentMessage>,
        message: AgentMessage,
        core: &mut Arc<Core>,
    ) -> Result<(), ActorProcessingErr> {
        events::handle(core, message);
        Ok(())
    }

    async fn handle_supervisor_evt(
        &self,
        _: ActorRef<AgentMessage>,
        event: SupervisionEvent,
        core: &mut Arc<Core>,
    ) -> Result<(), ActorProcessingErr> {
        if let SupervisionEvent::ProcessGroupChanged(change) = event {
            events::carry_out_after(core, || lending::agents_changed(core, change));
        }
        Ok(())
    }
}

/// Passes the events of the node server on to the agent.
pub(super) struct Events(pub(super) ActorRef<AgentMessage>);

impl Events {
    fn pass(&self, message: AgentMessage) {
        if self.0.cast(message).is_err() {
            tracing::debug!("an event of a session came after the agent had ended");
        }
    }
}

impl NodeEventSubscription for Events {
    fn node_session_opened(&self, session: NodeServerSessionInformation) {
        self.pass(AgentMessage::Opened(session));
    }
    fn node_session_disconnected(&self, session: NodeServerSessionInformation) {
        self.pass(AgentMessage::Gone(session));
    }
    fn node_session_authenticated(&self, session: NodeServerSessionInformation) {
        self.pass(AgentMessage::Proved(session));
    }
    fn node_session_ready(&self, session: NodeServerSessionInformation) {
        self.pass(AgentMessage::Ready(session));
    }
}
