//! An actor that owns others and does nothing but notice when they end. It restarts nothing.

use std::sync::Arc;

use ractor::{Actor, ActorProcessingErr, ActorRef, Message, SupervisionEvent};

/// What happens when a child ends: its local number and, if it failed, why.
pub(crate) type ChildEnded = Arc<dyn Fn(u64, Option<String>) + Send + Sync>;

/// The root of a node and of each share of a sandbox.
pub(crate) struct Supervisor;

/// A supervisor takes no messages.
#[derive(Debug)]
pub(crate) enum NoMessage {}

impl Message for NoMessage {}

impl Actor for Supervisor {
    type Msg = NoMessage;
    type State = ChildEnded;
    type Arguments = ChildEnded;

    async fn pre_start(
        &self,
        _: ActorRef<NoMessage>,
        ended: ChildEnded,
    ) -> Result<ChildEnded, ActorProcessingErr> {
        Ok(ended)
    }

    // The default would end the supervisor with its first failed child.
    async fn handle_supervisor_evt(
        &self,
        _: ActorRef<NoMessage>,
        event: SupervisionEvent,
        ended: &mut ChildEnded,
    ) -> Result<(), ActorProcessingErr> {
        match event {
            SupervisionEvent::ActorTerminated(cell, _, _) => ended(cell.get_id().pid(), None),
            SupervisionEvent::ActorFailed(cell, error) => {
                ended(cell.get_id().pid(), Some(error.to_string()));
            }
            SupervisionEvent::ActorStarted(_)
            | SupervisionEvent::ProcessGroupChanged(_)
            | SupervisionEvent::PidLifecycleEvent(_) => {}
        }
        Ok(())
    }
}
