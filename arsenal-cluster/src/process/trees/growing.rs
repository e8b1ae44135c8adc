//! The trees of one node, from its actors.

use std::{collections::BTreeMap, sync::Arc};

use arsenal_core::error::OperationError;
use ractor::ActorCell;

use super::{
    SupervisedProcess, SupervisionTrees, TreesQuery,
    forest::{Fact, Forest},
    picture::{Bounds, picture},
};
use crate::process::{
    HealthStatus, Process, ProcessAddress, ProcessQuery, ProcessTable, elsewhere::below,
    listing::Candidate,
};

impl ProcessTable {
    /// Who supervises whom on this node; nothing where the root that is asked for is not of it.
    ///
    /// # Errors
    ///
    /// `gone` or `not_found` where the root is given by an id of this node and has ended.
    pub async fn trees(
        self: &Arc<Self>,
        query: TreesQuery,
    ) -> Result<SupervisionTrees, OperationError> {
        let root = match &query.root {
            None => None,
            Some(address) => match self.root_of_tree(address)? {
                None => return Ok(SupervisionTrees::default()),
                found => found,
            },
        };
        self.aside(move |table| table.grow(&query, root)).await
    }

    /// A name says nothing of the node, so that it need not be known here.
    fn root_of_tree(&self, address: &ProcessAddress) -> Result<Option<ActorCell>, OperationError> {
        match address {
            ProcessAddress::Id(id) if id.node == self.node => self.find(address).map(Some),
            ProcessAddress::Id(_) => Ok(None),
            ProcessAddress::Name(_) | ProcessAddress::NameOn(..) => Ok(self.find(address).ok()),
        }
    }

    fn grow(&self, query: &TreesQuery, root: Option<ActorCell>) -> SupervisionTrees {
        let filter = ProcessQuery {
            name: query.name.clone(),
            actor_type: query.actor_type.clone(),
            ..ProcessQuery::default()
        };
        let top = root.as_ref().map(|root| root.get_id().pid());
        let cells = root.map_or_else(|| self.cells(), |root| below(vec![root]));
        // Those of other nodes are below the sessions that they came by.
        let own = cells.into_iter().filter(|cell| cell.get_id().is_local());
        let bursts = self.bursts();
        let mut facts: Vec<_> = own.map(|cell| self.fact(cell, &filter, &bursts)).collect();
        // What supervises the root that is asked for is not shown, also where it is below it.
        for fact in facts.iter_mut().filter(|fact| Some(fact.local) == top) {
            fact.above = None;
        }
        let forest = Forest::new(facts, query.failing);
        let size = |number: u32| usize::try_from(number).unwrap_or(usize::MAX);
        let bounds = Bounds { depth: size(query.depth), limit: size(query.limit) };
        picture(&forest, bounds, |cell| SupervisedProcess::of(self.row(cell)))
    }

    fn fact(
        &self,
        cell: ActorCell,
        filter: &ProcessQuery,
        bursts: &BTreeMap<u64, u32>,
    ) -> Fact<ActorCell> {
        let mut candidate = Candidate::of(cell.clone());
        Fact {
            local: candidate.local,
            above: cell.try_get_supervisor().map(|above| above.get_id().pid()),
            ails: candidate
                .record
                .as_ref()
                .is_some_and(|record| self.health_of(record, bursts) != HealthStatus::Ok),
            is_match: self.is_asked_for(filter, &mut candidate, bursts),
            process: cell,
        }
    }
}

impl SupervisedProcess {
    /// A process by itself.
    pub(super) fn of(row: Process) -> Self {
        let health = row.health.filter(|health| health.status != HealthStatus::Ok);
        Self {
            pid: row.pid,
            name: row.name,
            ractor_name: row.ractor_name,
            actor_type: row.actor_type,
            kind: row.kind,
            status: row.status,
            instrumented: row.instrumented,
            failing: health.is_some(),
            health,
            restarts: row.counts.map(|counts| counts.restarts),
            children_failed: row.children_failed,
            children_total: row.children,
            children: Vec::new(),
            omitted: None,
        }
    }
}
