//! What a node says of itself.

use std::sync::{PoisonError, atomic::Ordering};

use super::NodeRuntime;
use crate::membership::{Judgement, NodeFacts, ProcessCounts, Resources};

impl NodeRuntime {
    /// What this node says of itself now. Its processes are counted for it, unless that takes long.
    pub(crate) fn facts_now(&self) -> NodeFacts {
        self.facts(self.counting.now(&self.processes))
    }

    /// What this node tells the others: its processes as they were measured last.
    pub(super) fn facts_told(&self) -> NodeFacts {
        self.facts(self.counting.last())
    }

    pub(super) fn set_resources(&self, resources: Resources) {
        *self.resources.lock().unwrap_or_else(PoisonError::into_inner) = resources;
    }

    fn facts(&self, processes: ProcessCounts) -> NodeFacts {
        let resources = self.resources.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let registered_names = self.processes.names().len();
        let members = self.members();
        let (verdict, since) = members.verdict();
        NodeFacts {
            name: self.me.id.name.clone(),
            generation: self.me.id.generation,
            node: self.card.clone(),
            processes,
            resources,
            registered_names,
            electorate: members.electorate().clone(),
            judgement: Judgement {
                verdict,
                since: self.clock.at(since),
                split_at: members.split().map(|split| split.at_version),
                holders: members.holders(),
            },
            unreachable: members.unreachable(),
            is_leaving: self.is_leaving.load(Ordering::Relaxed),
        }
    }
}
