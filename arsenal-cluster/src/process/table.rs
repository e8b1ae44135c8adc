//! All actors of this process of the operating system, as one node's processes.

use std::{
    collections::BTreeMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use arsenal_core::name::NodeName;
use ractor::{ActorCell, registry};

use super::{Names, Process, ProcessId};
use crate::membership::ProcessCounts;

/// Types that the counts of a node name; the rest counts in `total` only.
const TYPES_COUNTED_MAX: usize = 50;

/// What a node knows of its actors beyond what ractor knows.
#[derive(Debug)]
pub struct ProcessTable {
    node: NodeName,
    generation: u64,
    names: Names,
    kinds: Mutex<BTreeMap<u64, String>>,
}

impl ProcessTable {
    /// The table of one start of a node.
    pub fn new(node: NodeName, generation: u64) -> Self {
        Self { node, generation, names: Names::default(), kinds: Mutex::default() }
    }

    /// The names of this node's processes.
    pub fn names(&self) -> &Names {
        &self.names
    }

    /// At most `limit` processes whose number is above `after` and whose type contains `kind`,
    /// in the order of their start.
    pub fn list(&self, kind: Option<&str>, after: Option<u64>, limit: usize) -> Vec<Process> {
        let mut cells = registry::get_all_pids();
        // ractor's order depends on the number of cores.
        cells.sort_by_key(|cell| cell.get_id().pid());
        cells
            .iter()
            .filter(|cell| after.is_none_or(|after| cell.get_id().pid() > after))
            .map(|cell| self.row(cell))
            .filter(|row| kind.is_none_or(|kind| has_kind(row, kind)))
            .take(limit)
            .collect()
    }

    /// How many processes there are.
    pub fn counts(&self) -> ProcessCounts {
        let kinds = self.kinds();
        let mut by_type: BTreeMap<String, usize> = BTreeMap::new();
        for kind in kinds.values() {
            if by_type.len() < TYPES_COUNTED_MAX || by_type.contains_key(kind) {
                *by_type.entry(kind.clone()).or_default() += 1;
            }
        }
        ProcessCounts {
            total: registry::get_all_pids().len(),
            started_by_arsenal: kinds.len(),
            by_type: Some(by_type),
        }
    }

    /// The identity of one of this node's actors.
    pub fn id(&self, local: u64) -> ProcessId {
        ProcessId { node: self.node.clone(), generation: self.generation, local }
    }

    pub(crate) fn started(&self, local: u64, kind: &str) {
        self.kinds().insert(local, kind.to_owned());
    }

    pub(crate) fn ended(&self, local: u64) {
        self.kinds().remove(&local);
        self.names.forget(local);
    }

    fn row(&self, cell: &ActorCell) -> Process {
        let local = cell.get_id().pid();
        let name = self.names.of(local).map(|name| name.to_string());
        Process {
            pid: self.id(local),
            node: self.node.clone(),
            registered: name.is_some(),
            name,
            ractor_name: cell.get_name(),
            kind: self.kinds().get(&local).cloned(),
            supervisor: cell.try_get_supervisor().map(|above| self.id(above.get_id().pid())),
            status: cell.get_status().into(),
            health: None,
        }
    }

    fn kinds(&self) -> MutexGuard<'_, BTreeMap<u64, String>> {
        self.kinds.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn has_kind(row: &Process, part: &str) -> bool {
    row.kind.as_deref().is_some_and(|kind| kind.contains(part))
}
