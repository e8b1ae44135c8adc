//! What a simulated cluster can be told to suffer.

use std::time::Duration;

use arsenal_core::name::NodeName;

use super::{
    LinkStatus, SimulatedNode, SimulatedState, Simulation, SimulationError, Split, engine::Engine,
};
use crate::network::sim::{DELAY_MIN, LinkConditions};

/// How links shall behave; what is absent is as usual.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct LinkSettings {
    /// How long everything takes at least; never less than 2 ms.
    pub delay: Option<Duration>,
    /// How much longer it may take.
    pub jitter: Option<Duration>,
    /// The share of datagrams that get lost, from 0 to 1.
    pub loss: Option<f64>,
    /// The share of datagrams that come twice.
    pub duplication: Option<f64>,
    /// The share of datagrams that later ones overtake.
    pub reordering: Option<f64>,
}

impl LinkSettings {
    fn conditions(self) -> LinkConditions {
        let usual = LinkConditions::default();
        LinkConditions {
            delay: self.delay.unwrap_or(usual.delay).max(DELAY_MIN),
            jitter: self.jitter.unwrap_or(usual.jitter),
            loss: self.loss.unwrap_or(usual.loss),
            duplication: self.duplication.unwrap_or(usual.duplication),
            reordering: self.reordering.unwrap_or(usual.reordering),
        }
    }
}

/// What is asked for a second time changes nothing and is no error.
impl Simulation {
    /// Ends a node as `kill -9` does, also one that is frozen.
    ///
    /// # Errors
    ///
    /// There is no such node.
    pub async fn fail(&self, node: &NodeName) -> Result<SimulatedNode, SimulationError> {
        self.change(node, |engine, slot| {
            engine.kill(slot);
            Ok(())
        })
        .await
    }

    /// Starts a node that has failed, as the next generation.
    ///
    /// # Errors
    ///
    /// There is no such node, it is frozen, or it does not start.
    pub async fn recover(&self, node: &NodeName) -> Result<SimulatedNode, SimulationError> {
        self.change(node, |engine, slot| {
            refuse(engine, slot, SimulatedState::Frozen)?;
            engine.start(slot)
        })
        .await
    }

    /// Lets a node stand still, as `kill -STOP` does.
    ///
    /// # Errors
    ///
    /// There is no such node, or it has failed.
    pub async fn freeze(&self, node: &NodeName) -> Result<SimulatedNode, SimulationError> {
        self.change(node, |engine, slot| {
            refuse(engine, slot, SimulatedState::Failed)?;
            engine.cluster.world_mut().freeze(slot);
            Ok(())
        })
        .await
    }

    /// Lets a node that stands still go on, as `kill -CONT` does.
    ///
    /// # Errors
    ///
    /// There is no such node, or it has failed.
    pub async fn thaw(&self, node: &NodeName) -> Result<SimulatedNode, SimulationError> {
        self.change(node, |engine, slot| {
            refuse(engine, slot, SimulatedState::Failed)?;
            engine.cluster.world_mut().thaw(slot);
            Ok(())
        })
        .await
    }

    /// Breaks links. Groups replace whatever is broken; a direction comes in addition. Answers with all
    /// links that are not as usual.
    ///
    /// # Errors
    ///
    /// There is no such node.
    pub async fn partition(&self, split: &Split) -> Result<Vec<LinkStatus>, SimulationError> {
        let slots = |nodes: &Vec<NodeName>| {
            nodes.iter().map(|node| self.slot(node)).collect::<Result<Vec<usize>, _>>()
        };
        match split {
            Split::Groups(groups) => {
                let groups = groups.iter().map(slots).collect::<Result<Vec<_>, _>>()?;
                self.change_links(move |engine| engine.cluster.world().links().partition(&groups))
                    .await
            }
            Split::OneWay { from, to } => {
                let (from, to) = (slots(from)?, slots(to)?);
                self.change_links(move |engine| {
                    engine.cluster.world().links().cut_one_way(&from, &to);
                })
                .await
            }
        }
    }

    /// Mends all links that are cut. How they behave otherwise stays.
    ///
    /// # Errors
    ///
    /// It has ended.
    pub async fn heal(&self) -> Result<Vec<LinkStatus>, SimulationError> {
        self.change_links(|engine| engine.cluster.world().links().heal()).await
    }

    /// Changes how the link between two nodes behaves in both directions, or every link.
    ///
    /// # Errors
    ///
    /// There is no such node.
    pub async fn set_links(
        &self,
        between: Option<(&NodeName, &NodeName)>,
        settings: LinkSettings,
    ) -> Result<Vec<LinkStatus>, SimulationError> {
        let conditions = settings.conditions();
        let pair = match between {
            Some((one, other)) => Some((self.slot(one)?, self.slot(other)?)),
            None => None,
        };
        self.change_links(move |engine| {
            let links = engine.cluster.world().links();
            match pair {
                Some((one, other)) => links.set(one, other, conditions),
                None => links.set_all(conditions),
            }
        })
        .await
    }

    async fn change(
        &self,
        node: &NodeName,
        change: impl FnOnce(&mut Engine, usize) -> Result<(), SimulationError> + Send + 'static,
    ) -> Result<SimulatedNode, SimulationError> {
        let slot = self.slot(node)?;
        self.tell(move |engine| {
            change(engine, slot)?;
            engine.node(slot).ok_or(SimulationError::Ended)
        })
        .await?
    }

    async fn change_links(
        &self,
        change: impl FnOnce(&mut Engine) + Send + 'static,
    ) -> Result<Vec<LinkStatus>, SimulationError> {
        self.tell(move |engine| {
            change(engine);
            engine.links()
        })
        .await
    }
}

fn refuse(engine: &Engine, slot: usize, state: SimulatedState) -> Result<(), SimulationError> {
    match engine.node(slot) {
        Some(node) if node.state == state => {
            Err(SimulationError::WrongState { node: node.name, state })
        }
        Some(_) => Ok(()),
        None => Err(SimulationError::Ended),
    }
}
