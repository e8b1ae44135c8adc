//! What a node shows of its cluster, and what an operator may change of it.

use std::{collections::BTreeSet, time::Duration};

use arsenal_core::{
    membership::{Cluster as _, NodeStatus},
    name::NodeName,
};
use tokio::time::Instant;

use super::NodeRuntime;
use crate::{
    connections::{Connections, Wires, connections},
    distribution::{Distribution, distribution},
    membership::{Electorate, Evidence, NodeFacts},
    partitions::{Known, Partitions, partitions},
    resolution::{Plan, Resolution, VotersRefused, adopted, plan, refused},
    topology::{NodeInfo, Topology, known_node, node_info, topology},
};

/// Why voters were not elected. Nothing was changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NotElected {
    /// Names that cannot vote.
    Refused(Vec<VotersRefused>),
    /// Two processes have one name: whatever was chosen, the split would stand.
    DuplicateName(NodeName),
    /// The list has changed since it was looked at: this is the version that a new one gets now.
    Outdated(u64),
}

impl NodeRuntime {
    /// The cluster, as this node sees it.
    pub fn topology(&self) -> Topology {
        let own = self.facts_now();
        let clock = self.clock;
        topology(&own, self.members().others(), Instant::now(), |instant| clock.at(instant))
    }

    /// This node, as it describes itself.
    pub fn node_info(&self) -> NodeInfo {
        node_info(&self.facts_now())
    }

    /// Another node, as this one knows it, and what it said of itself last; none where it was never
    /// heard of and is not expected.
    pub fn known_node(&self, name: &NodeName) -> Option<(NodeInfo, Option<NodeFacts>)> {
        let own = self.facts_now();
        let (members, clock) = (self.members(), self.clock);
        let time = |instant| clock.at(instant);
        let info = known_node(name, &own, members.others(), Instant::now(), time)?;
        let facts = members.others().get(name)?.facts.clone();
        Some((info, facts.map(|(facts, _)| facts)))
    }

    /// How the processes are spread over the nodes.
    pub fn distribution(&self) -> Distribution {
        distribution(self.topology())
    }

    /// What connects this node with others, and why something does not.
    pub fn connections(&self) -> Connections {
        let endpoint = self.endpoint();
        let peers = endpoint.as_ref().map(|endpoint| endpoint.peers()).unwrap_or_default();
        let attempts = self.network.attempts();
        let (members, clock) = (self.members(), self.clock);
        let wires = Wires {
            me: &self.me,
            peers: &peers,
            attempts: &attempts,
            others: members.others(),
            late_refused: endpoint.as_ref().map_or(0, |endpoint| endpoint.late_refused()),
            malformed: endpoint.as_ref().map_or(0, |endpoint| endpoint.malformed()),
        };
        connections(wires, self.discoveries(), Instant::now(), |instant| clock.at(instant))
    }

    /// Who sees whom, and who may decide.
    pub fn partitions(&self) -> Partitions {
        let clock = self.clock;
        self.with_known(|known| partitions(known, |instant| clock.at(instant)))
    }

    /// What shows that two authorities exist.
    pub fn evidence(&self) -> Vec<Evidence> {
        self.members().evidence(Instant::now())
    }

    /// What would happen if these voters were chosen.
    ///
    /// # Errors
    ///
    /// Names that cannot vote.
    pub fn plan_election(
        &self,
        voters: &BTreeSet<NodeName>,
    ) -> Result<Resolution, Vec<VotersRefused>> {
        let (duplicates, version) = {
            let members = self.members();
            (members.duplicates(Instant::now()), members.next_version())
        };
        self.with_known(|known| {
            let refused = refused(known, voters);
            if !refused.is_empty() {
                return Err(refused);
            }
            Ok(plan(Plan { known, duplicates: &duplicates, voters, version }))
        })
    }

    /// Lets these voters decide from now on, tells all nodes that can be reached, and waits for them,
    /// at most for `patience`. Where `version` is given, only if the list gets that one.
    ///
    /// # Errors
    ///
    /// Why it was not done.
    pub async fn elect(
        &self,
        voters: BTreeSet<NodeName>,
        version: Option<u64>,
        patience: Duration,
    ) -> Result<Resolution, NotElected> {
        let mut done = self.plan_election(&voters).map_err(NotElected::Refused)?;
        if let Some(version) = version.filter(|version| *version != done.after.version) {
            tracing::debug!(version, next = done.after.version, "the list of voters has changed");
            return Err(NotElected::Outdated(done.after.version));
        }
        if let Some(name) = self.disputed(&voters) {
            return Err(NotElected::DuplicateName(name));
        }
        let chosen = if done.after.version == done.before.version {
            self.electorate()
        } else {
            self.chosen(voters)
        };
        self.exchange().await;
        let adopted = adopted(self, &chosen, &done.asked, patience).await;
        done.is_done = true;
        done.after = chosen.into();
        done.pending = Some(done.asked.difference(&adopted).cloned().collect());
        done.adopted = Some(adopted);
        done.is_kept = Some(self.voter_store.is_kept());
        Ok(done)
    }

    /// A name that votes, before or then, of which two processes have a part of the cluster.
    fn disputed(&self, voters: &BTreeSet<NodeName>) -> Option<NodeName> {
        let members = self.members();
        let duplicates = members.duplicates(Instant::now());
        let before = &members.electorate().voters;
        duplicates.into_keys().find(|name| voters.contains(name) || before.contains(name))
    }

    fn chosen(&self, voters: BTreeSet<NodeName>) -> Electorate {
        let mut chosen = Electorate::default();
        self.change(|members, now| chosen = members.elect(voters, now));
        chosen
    }

    fn with_known<T>(&self, show: impl FnOnce(Known<'_>) -> T) -> T {
        // Each of these looks at the members by itself.
        let (own, view) = (self.facts_now(), self.view());
        let now = Instant::now();
        let members = self.members();
        let evidence = members.evidence(now);
        show(Known {
            own: &own,
            others: members.others(),
            quorum: &view.quorum,
            evidence: &evidence,
            now,
        })
    }

    /// Whether any other node lives, so that there is somebody to be told something.
    pub(super) fn has_company(&self) -> bool {
        let members = self.members();
        let is_there = |status| !matches!(status, NodeStatus::Down | NodeStatus::Left);
        members.others().values().any(|state| is_there(state.status))
    }
}
