//! All actors of this process of the operating system, as one node's processes.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError},
};

use arsenal_core::name::NodeName;
use ractor::{ActorCell, registry};

use super::{Elsewhere, Names, Process, ProcessId, elsewhere::below};
use crate::membership::ProcessCounts;

/// Types that the counts of a node name; the rest counts in `total` only.
const TYPES_COUNTED_MAX: usize = 50;

/// What a node knows of its actors beyond what ractor knows.
#[derive(Debug)]
pub struct ProcessTable {
    pub(super) node: NodeName,
    pub(super) generation: u64,
    /// Where this process of the operating system holds other nodes, too.
    pub(super) is_shared: bool,
    /// Set once, right after it was started.
    pub(super) root: OnceLock<ActorCell>,
    /// What is in this process of the operating system, but not of this node.
    pub(super) elsewhere: Arc<Elsewhere>,
    names: Names,
    started: Mutex<Started>,
}

/// What was started through Arsenal, by local number.
#[derive(Debug, Default)]
struct Started {
    kinds: BTreeMap<u64, String>,
    /// Pairs of a supervisor and a child. A supervisor that ends with its children hears of the end
    /// of none of them, so its own end stands for theirs.
    below: BTreeSet<(u64, u64)>,
    supervisors: BTreeMap<u64, u64>,
}

impl Started {
    /// Forgets a process and all below it; answers with their numbers.
    fn forget(&mut self, local: u64) -> Vec<u64> {
        let mut forgotten = vec![local];
        let mut next = 0;
        while let Some(&local) = forgotten.get(next) {
            next += 1;
            self.kinds.remove(&local);
            if let Some(supervisor) = self.supervisors.remove(&local) {
                self.below.remove(&(supervisor, local));
            }
            let below = self.below.range((local, 0)..=(local, u64::MAX));
            forgotten.extend(below.map(|(_, child)| *child));
        }
        forgotten
    }
}

impl ProcessTable {
    /// The table of one start of a node.
    ///
    /// Where the process of the operating system is shared with other nodes, its processes are those
    /// below its root; else all actors that there are, but for those of simulated nodes.
    pub fn new(node: NodeName, generation: u64, is_shared: bool) -> Self {
        Self {
            node,
            generation,
            is_shared,
            root: OnceLock::new(),
            elsewhere: Arc::default(),
            names: Names::default(),
            started: Mutex::default(),
        }
    }

    /// Where it is told which actors belong to simulated nodes.
    pub(crate) fn elsewhere(&self) -> &Arc<Elsewhere> {
        &self.elsewhere
    }

    pub(crate) fn set_root(&self, root: ActorCell) {
        self.root.get_or_init(|| root);
    }

    /// The actors of this node, in the order of their start.
    fn cells(&self) -> Vec<ActorCell> {
        let mut cells = self.unordered();
        // ractor's order depends on the number of cores.
        cells.sort_by_key(|cell| cell.get_id().pid());
        cells
    }

    fn unordered(&self) -> Vec<ActorCell> {
        if self.is_shared {
            return below(self.root.get().cloned().into_iter().collect());
        }
        // Asked before and after, so that neither a start nor an end in between shows through.
        let mut others = self.elsewhere.locals();
        let mut cells = registry::get_all_pids();
        others.append(&mut self.elsewhere.locals());
        cells.retain(|cell| !others.contains(&cell.get_id().pid()));
        cells
    }

    /// The names of this node's processes.
    pub fn names(&self) -> &Names {
        &self.names
    }

    /// At most `limit` processes whose number is above `after` and whose type contains `kind`,
    /// in the order of their start.
    pub fn list(&self, kind: Option<&str>, after: Option<u64>, limit: usize) -> Vec<Process> {
        self.cells()
            .iter()
            .filter(|cell| after.is_none_or(|after| cell.get_id().pid() > after))
            .map(|cell| self.row(cell))
            .filter(|row| kind.is_none_or(|kind| has_kind(row, kind)))
            .take(limit)
            .collect()
    }

    /// How many processes there are.
    pub fn counts(&self) -> ProcessCounts {
        let started = self.table();
        let mut by_type: BTreeMap<String, usize> = BTreeMap::new();
        for kind in started.kinds.values() {
            if by_type.len() < TYPES_COUNTED_MAX || by_type.contains_key(kind) {
                *by_type.entry(kind.clone()).or_default() += 1;
            }
        }
        ProcessCounts {
            total: self.unordered().len(),
            started_by_arsenal: started.kinds.len(),
            by_type: Some(by_type),
        }
    }

    /// The identity of one of this node's actors.
    pub fn id(&self, local: u64) -> ProcessId {
        ProcessId { node: self.node.clone(), generation: self.generation, local }
    }

    /// A process runs under a supervisor, if it has one.
    pub(crate) fn started(&self, local: u64, supervisor: Option<u64>, kind: String) {
        let mut started = self.table();
        started.kinds.insert(local, kind);
        if let Some(supervisor) = supervisor {
            started.supervisors.insert(local, supervisor);
            started.below.insert((supervisor, local));
        }
    }

    /// A process has ended, and with it whatever it supervised.
    pub(crate) fn ended(&self, local: u64) {
        let forgotten = self.table().forget(local);
        for local in forgotten {
            self.names.forget(local);
        }
    }

    pub(super) fn row(&self, cell: &ActorCell) -> Process {
        let local = cell.get_id().pid();
        let name = self.names.of(local).map(|name| name.to_string());
        Process {
            pid: self.id(local),
            node: self.node.clone(),
            registered: name.is_some(),
            name,
            ractor_name: cell.get_name(),
            kind: self.table().kinds.get(&local).cloned(),
            supervisor: cell.try_get_supervisor().map(|above| self.id(above.get_id().pid())),
            status: cell.get_status().into(),
            health: None,
        }
    }

    fn table(&self) -> MutexGuard<'_, Started> {
        self.started.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn has_kind(row: &Process, part: &str) -> bool {
    row.kind.as_deref().is_some_and(|kind| kind.contains(part))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_of_a_supervisor_is_the_end_of_all_below_it() {
        let table = ProcessTable::new("a".parse().unwrap(), 1, false);
        for (local, supervisor) in
            [(1, None), (2, Some(1)), (3, Some(2)), (4, Some(2)), (5, Some(1))]
        {
            table.started(local, supervisor, String::from("Counter"));
            table.names().register(format!("n{local}").parse().unwrap(), local).unwrap();
        }
        table.ended(4);
        table.ended(2);
        assert_eq!(table.counts().started_by_arsenal, 2);
        let names: Vec<_> = table.names().list("", None, 9).into_iter().map(|row| row.1).collect();
        assert_eq!(names, [1, 5]);
        table.ended(1);
        assert_eq!(table.counts().started_by_arsenal, 0);
        assert!(table.names().is_empty() && table.table().below.is_empty());
    }
}
