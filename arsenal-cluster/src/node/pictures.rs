//! What a node shows of its cluster.

use std::collections::BTreeMap;

use arsenal_core::{
    membership::{Cluster as _, NodeStatus, Quorum},
    name::NodeName,
};
use tokio::time::Instant;

use super::NodeRuntime;
use crate::{
    connections::{Connections, Wires, connections},
    distribution::{Distribution, distribution},
    membership::{MemberState, NodeFacts},
    partitions::{Known, Partitions, advice, partitions},
    topology::{NodeInfo, Topology, known_node, node_info, topology},
};

impl NodeRuntime {
    /// The cluster, as this node sees it.
    pub fn topology(&self) -> Topology {
        let (own, others) = (self.facts_now(), self.others());
        let clock = self.clock;
        topology(&own, &others, Instant::now(), |instant| clock.at(instant))
    }

    /// This node, as it describes itself.
    pub fn node_info(&self) -> NodeInfo {
        node_info(&self.facts_now())
    }

    /// Another node, as this one knows it, and what it said of itself last; none where it was never
    /// heard of and is not expected.
    pub fn known_node(&self, name: &NodeName) -> Option<(NodeInfo, Option<NodeFacts>)> {
        let (own, mut others) = (self.facts_now(), self.others());
        let clock = self.clock;
        let info = known_node(name, &own, &others, Instant::now(), |instant| clock.at(instant))?;
        Some((info, others.remove(name)?.facts.map(|(facts, _)| facts)))
    }

    /// The version of Arsenal that each node runs, as far as it said.
    pub fn versions(&self) -> BTreeMap<NodeName, String> {
        let members = self.members();
        let told = members.others().iter().filter_map(|(name, state)| {
            let (facts, _) = state.facts.as_ref()?;
            Some((name.clone(), facts.node.version.clone()))
        });
        told.chain([(self.me.id.name.clone(), self.card.version.clone())]).collect()
    }

    /// How the processes are spread over the nodes.
    pub fn distribution(&self, include_internal: bool) -> Distribution {
        distribution(self.topology(), include_internal)
    }

    /// What connects this node with others, and why something does not.
    pub fn connections(&self) -> Connections {
        let endpoint = self.endpoint();
        let peers = endpoint.as_ref().map(|endpoint| endpoint.peers()).unwrap_or_default();
        let attempts = self.network.attempts();
        let (others, clock) = (self.others(), self.clock);
        let wires = Wires {
            me: &self.me,
            peers: &peers,
            attempts: &attempts,
            others: &others,
            late_refused: endpoint.as_ref().map_or(0, |endpoint| endpoint.late_refused()),
            malformed: endpoint.as_ref().map_or(0, |endpoint| endpoint.malformed()),
            refused: self.network.refusals(),
        };
        connections(wires, self.discoveries(), Instant::now(), |instant| clock.at(instant))
    }

    /// Who sees whom, and who may decide.
    pub fn partitions(&self) -> Partitions {
        let clock = self.clock;
        self.with_known(|known| partitions(known, |instant| clock.at(instant)))
    }

    /// What to do about this node's side of a partition, where something should be done.
    pub fn advice(&self, quorum: &Quorum) -> Option<String> {
        let now = Instant::now();
        let (count, evidence, is_held) = {
            let members = self.members();
            (members.others().len() + 1, members.evidence(now), members.is_name_held(now))
        };
        let held = is_held.then_some(&self.me.id.name);
        advice(quorum, &evidence, count, held)
    }

    /// Shows what is known. Each part looks at the members by itself, and none of them is held while
    /// the picture is made: of many members that takes long.
    pub(super) fn with_known<T>(&self, show: impl FnOnce(Known<'_>) -> T) -> T {
        let (own, view) = (self.facts_now(), self.view());
        let now = Instant::now();
        let (others, evidence, is_held) = {
            let members = self.members();
            (members.others().clone(), members.evidence(now), members.is_name_held(now))
        };
        let held = is_held.then_some(&self.me.id.name);
        let (quorum, evidence) = (&view.quorum, evidence.as_slice());
        show(Known { own: &own, others: &others, quorum, evidence, held, now })
    }

    /// A copy of all others, to be looked at for as long as it takes.
    fn others(&self) -> BTreeMap<NodeName, MemberState> {
        self.members().others().clone()
    }

    /// Whether any other node lives, so that there is somebody to be told something.
    pub(super) fn has_company(&self) -> bool {
        let members = self.members();
        let is_there = |status| !matches!(status, NodeStatus::Down | NodeStatus::Left);
        members.others().values().any(|state| is_there(state.status))
    }
}
