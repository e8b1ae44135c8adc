//! A small supervision tree: every level watches the one below and starts failed children again.

use std::time::Duration;

use arsenal_cluster::prelude::*;
use ractor::{Actor, ActorCell, ActorProcessingErr, ActorRef, SupervisionEvent};
use schemars::JsonSchema;
use serde::Serialize;
use tokio::time::Instant;

/// Restarts within [`RESTART_WINDOW`] that a supervisor takes before it fails itself.
const RESTARTS_MAX: u32 = 5;

/// The span in which restarts are counted.
const RESTART_WINDOW: Duration = Duration::from_secs(10);

/// A small supervision tree.
///
/// Each branch supervises its leaves, and the root its branches; whatever fails is started again, but
/// not more often than five times in ten seconds.
#[blueprint]
fn tree(
    /// How many branches it has.
    #[param(range(min = 1, max = 100), default = 2)]
    branches: u32,
    /// How many leaves each branch has.
    #[param(range(min = 1, max = 100), default = 3)]
    leaves: u32,
) -> Child {
    Child::actor(Tree, vec![branches, leaves])
}

/// An actor of the tree: a supervisor, or a leaf where nothing is below it.
#[derive(Debug)]
struct Tree;

/// What actors of the tree understand.
#[derive(ArsenalMessage, Debug)]
#[message(json, show)]
pub enum TreeMessage {
    /// Makes the actor fail.
    Fail,
}

/// What an actor knows of the levels below it.
#[derive(ArsenalState, Debug, JsonSchema, Serialize)]
struct Below {
    /// How many children it has, how many each of those has, and so on.
    widths: Vec<u32>,
    /// Children that it has started again lately.
    restarts: u32,
    #[serde(skip)]
    window_start: Instant,
}

impl Actor for Tree {
    type Msg = TreeMessage;
    type State = Below;
    type Arguments = Vec<u32>;

    async fn pre_start(
        &self,
        myself: ActorRef<TreeMessage>,
        widths: Vec<u32>,
    ) -> Result<Below, ActorProcessingErr> {
        let below = Below { widths, restarts: 0, window_start: Instant::now() };
        for _ in 0..below.widths.first().copied().unwrap_or(0) {
            below.start_child(&myself).await?;
        }
        Ok(below)
    }

    async fn handle(
        &self,
        _: ActorRef<TreeMessage>,
        TreeMessage::Fail: TreeMessage,
        _: &mut Below,
    ) -> Result<(), ActorProcessingErr> {
        Err("asked to fail".into())
    }

    /// A child that was stopped stays away; one that failed is started again.
    async fn handle_supervisor_evt(
        &self,
        myself: ActorRef<TreeMessage>,
        event: SupervisionEvent,
        below: &mut Below,
    ) -> Result<(), ActorProcessingErr> {
        if let SupervisionEvent::ActorFailed(child, _) = event {
            below.count_restart(&child)?;
            below.start_child(&myself).await?;
        }
        Ok(())
    }
}

impl Below {
    async fn start_child(&self, myself: &ActorRef<TreeMessage>) -> Result<(), ActorProcessingErr> {
        let widths = self.widths.get(1..).unwrap_or_default().to_vec();
        // Boxed, for an actor that starts its like would else be of endless size.
        Box::pin(Tree::spawn_linked_instrumented(None, Tree, widths, myself.get_cell())).await?;
        Ok(())
    }

    fn count_restart(&mut self, child: &ActorCell) -> Result<(), ActorProcessingErr> {
        if self.window_start.elapsed() > RESTART_WINDOW {
            (self.restarts, self.window_start) = (0, Instant::now());
        }
        self.restarts += 1;
        if self.restarts > RESTARTS_MAX {
            return Err(format!("children fail too often, last {}", child.get_id()).into());
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use ractor::ActorStatus;

    use super::*;

    async fn until(what: impl Fn() -> bool) {
        let reached = async {
            while !what() {
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(10), reached).await.unwrap();
    }

    fn fail(actor: &ActorCell) {
        actor.send_message(TreeMessage::Fail).unwrap();
    }

    #[tokio::test]
    async fn it_has_branches_with_leaves_and_ends_as_a_whole() {
        let (tree, task) = Actor::spawn(None, Tree, vec![2, 3]).await.unwrap();
        let branches = tree.get_children();
        assert_eq!(branches.len(), 2);
        let leaves: Vec<_> = branches.iter().flat_map(ActorCell::get_children).collect();
        assert_eq!(leaves.len(), 6);
        tree.stop(None);
        task.await.unwrap();
        until(|| leaves.iter().all(|leaf| leaf.get_status() == ActorStatus::Stopped)).await;
    }

    #[tokio::test]
    async fn a_failed_leaf_is_replaced_and_a_stopped_one_is_not() {
        let (tree, task) = Actor::spawn(None, Tree, vec![2]).await.unwrap();
        let first = tree.get_children();
        fail(&first[0]);
        let is_new = |leaf: &ActorCell| first.iter().all(|old| old.get_id() != leaf.get_id());
        until(|| tree.get_children().len() == 2 && tree.get_children().iter().any(is_new)).await;
        first[1].stop(None);
        until(|| tree.get_children().len() == 1).await;
        tree.stop(None);
        task.await.unwrap();
    }

    #[tokio::test]
    async fn a_supervisor_gives_up_when_children_fail_too_often() {
        let (tree, task) = Actor::spawn(None, Tree, vec![1]).await.unwrap();
        for _ in 0..=RESTARTS_MAX {
            until(|| tree.get_children().len() == 1).await;
            let child = tree.get_children().remove(0);
            fail(&child);
            until(|| child.get_status() == ActorStatus::Stopped).await;
            until(|| tree.get_children().iter().all(|new| new.get_id() != child.get_id())).await;
        }
        task.await.unwrap();
    }
}
