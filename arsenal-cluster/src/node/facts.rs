//! What a node says of itself.

use std::sync::{PoisonError, atomic::Ordering};

use super::NodeRuntime;
use crate::membership::{Judgement, NodeFacts, ProcessCounts, Resources};

/// What a node measured of itself last.
#[derive(Clone, Debug, Default)]
pub(super) struct Measured {
    pub(super) processes: ProcessCounts,
    pub(super) resources: Resources,
}

impl NodeRuntime {
    /// What this node says of itself now. Its processes are counted for it, which takes a while.
    pub(crate) fn facts_now(&self) -> NodeFacts {
        let processes = self.processes.counts();
        self.facts(Measured { processes, ..self.measured() })
    }

    /// What this node tells the others: its processes as they were measured last.
    pub(super) fn facts_told(&self) -> NodeFacts {
        self.facts(self.measured())
    }

    fn measured(&self) -> Measured {
        self.measured.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn facts(&self, Measured { processes, resources }: Measured) -> NodeFacts {
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
