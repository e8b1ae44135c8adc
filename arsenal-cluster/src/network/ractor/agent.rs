//! The one remotable actor of a node: through its mailbox goes all that arrives, in one order.

use std::sync::Arc;

use ractor::{Actor, ActorProcessingErr, ActorRef};
use ractor_cluster::node::{NodeEventSubscription, NodeServerSessionInformation};

use super::{core::Core, events, message::AgentMessage};

/// Where the agents of all nodes find each other. No other actor may join.
pub(super) const SCOPE: &str = "arsenal";
pub(super) const GROUP: &str = "agent";

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
        ractor::pg::join_scoped(SCOPE.into(), GROUP.into(), vec![myself.get_cell()]);
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
