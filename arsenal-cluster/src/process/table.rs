//! All actors of this process of the operating system, as one node's processes.

use std::{
    cmp::Reverse,
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError},
};

use arsenal_core::name::NodeName;
use ractor::{ActorCell, ActorId, registry};
use tokio::sync::Semaphore;

use super::{
    Elsewhere, NameTaken, Names, ProcessId, ProcessName, actions::Recipe, aside::ASIDE_MAX,
    busy::Busy, elsewhere::below, ends::HalfTold, recipes::Recipes,
};
use crate::{
    WallClock,
    instrument::{self, Home, records, short_type},
    membership::ProcessCounts,
};

/// Types that the counts of a node name, the most frequent ones; the rest counts in `total` only.
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
    /// What carries frames between nodes; set once, when the node starts.
    pub(super) network: OnceLock<Vec<ActorCell>>,
    /// Where what is counted of its actors is found.
    pub(super) home: Home,
    pub(super) clock: WallClock,
    names: Names,
    started: Mutex<Started>,
    pub(super) busy: Mutex<Busy>,
    /// Room for what is done aside.
    pub(super) aside: Arc<Semaphore>,
}

/// What was started through Arsenal, by local number.
#[derive(Debug, Default)]
pub(super) struct Started {
    by_arsenal: BTreeSet<u64>,
    /// What they were made from, where that was a blueprint.
    pub(super) recipes: Recipes,
    /// Arsenal's own.
    labels: BTreeMap<u64, &'static str>,
    /// Pairs of a supervisor and a child. A supervisor that ends with its children hears of the end
    /// of none of them, so its own end stands for theirs.
    below: BTreeSet<(u64, u64)>,
    supervisors: BTreeMap<u64, u64>,
    pub(super) half_told: HalfTold,
}

impl Started {
    /// A process has ended. Answers with the numbers of what is forgotten with it, itself among them; none
    /// where its end was known, or its start was not.
    pub(super) fn end(&mut self, local: u64) -> Option<Vec<u64>> {
        self.by_arsenal.contains(&local).then(|| self.forget(local))
    }

    /// Forgets a process and all below it; answers with their numbers.
    fn forget(&mut self, local: u64) -> Vec<u64> {
        let mut forgotten = vec![local];
        let mut next = 0;
        while let Some(&local) = forgotten.get(next) {
            next += 1;
            self.by_arsenal.remove(&local);
            self.labels.remove(&local);
            self.recipes.forget(local);
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
    pub fn new(node: NodeName, generation: u64, is_shared: bool, clock: WallClock) -> Self {
        Self {
            node,
            generation,
            is_shared,
            root: OnceLock::new(),
            elsewhere: Arc::default(),
            network: OnceLock::new(),
            home: Home::current(),
            clock,
            names: Names::default(),
            started: Mutex::default(),
            busy: Mutex::default(),
            aside: Arc::new(Semaphore::new(ASIDE_MAX)),
        }
    }

    /// The actors that carry frames between nodes.
    pub(crate) fn set_network(&self, actors: Vec<ActorCell>) {
        self.network.get_or_init(|| actors);
    }

    /// Where it is told which actors belong to simulated nodes.
    pub(crate) fn elsewhere(&self) -> &Arc<Elsewhere> {
        &self.elsewhere
    }

    pub(crate) fn set_root(&self, root: ActorCell) {
        self.root.get_or_init(|| root);
    }

    /// The actors of this node, in no order.
    pub(super) fn cells(&self) -> Vec<ActorCell> {
        if self.is_shared {
            let mut cells = below(self.root.get().cloned().into_iter().collect());
            self.add_unsupervised(&mut cells);
            cells.retain(|cell| self.is_own(cell, |_below| true));
            return cells;
        }
        // Asked before and after, so that neither a start nor an end in between shows through.
        let mut others = self.elsewhere.locals();
        let mut cells = registry::get_all_pids();
        others.append(&mut self.elsewhere.locals());
        let mut is_alone = others.is_empty();
        records::each(|record| is_alone &= record.home == self.home);
        if !is_alone {
            cells.retain(|cell| self.is_own(cell, |cell| !others.contains(&cell.get_id().pid())));
        }
        cells
    }

    /// Adds what was started in this node's turns below nobody.
    fn add_unsupervised(&self, cells: &mut Vec<ActorCell>) {
        let known: BTreeSet<u64> = cells.iter().map(|cell| cell.get_id().pid()).collect();
        let mut locals = BTreeSet::new();
        records::each(|record| {
            if record.home == self.home && !known.contains(&record.local) {
                locals.insert(record.local);
            }
        });
        let found = locals.into_iter().map(ActorId::Local).filter_map(registry::where_is_pid);
        cells.extend(found);
    }

    /// The names of this node's processes.
    pub fn names(&self) -> &Names {
        &self.names
    }

    /// Whether this process of the operating system holds other nodes, too.
    pub(crate) fn is_shared(&self) -> bool {
        self.is_shared
    }

    /// How many processes there are.
    pub fn counts(&self) -> ProcessCounts {
        let mut by_type: BTreeMap<String, usize> = BTreeMap::new();
        let mut internal_by_type: BTreeMap<String, usize> = BTreeMap::new();
        let started_by_arsenal = {
            let started = self.table();
            for label in started.labels.values() {
                *internal_by_type.entry((*label).to_owned()).or_default() += 1;
            }
            started.by_arsenal.len()
        };
        by_type.extend(internal_by_type.clone());
        let internal = internal_by_type.values().sum::<usize>() + self.network_locals().len();
        // There are many actors and few types: a name is shortened once.
        let mut by_full_name: BTreeMap<&'static str, usize> = BTreeMap::new();
        records::each(|record| {
            if record.home == self.home {
                *by_full_name.entry(record.types.actor).or_default() += 1;
            }
        });
        for (name, actors) in by_full_name {
            *by_type.entry(short_type(name).into_owned()).or_default() += actors;
        }
        let by_type = most_frequent(by_type);
        let (busy_share, mut busy_by_type) = self.busy_shares();
        busy_by_type.retain(|kind, _| by_type.contains_key(kind));
        ProcessCounts {
            total: self.cells().len(),
            started_by_arsenal,
            internal,
            by_type: Some(by_type),
            internal_by_type,
            busy_share,
            busy_by_type,
        }
    }

    /// The identity of one of this node's actors.
    pub fn id(&self, local: u64) -> ProcessId {
        ProcessId { node: self.node.clone(), generation: self.generation, local }
    }

    /// A process was started by this node under a supervisor, if it has one.
    pub(crate) fn started(&self, local: u64, supervisor: Option<u64>) {
        let mut started = self.table();
        started.by_arsenal.insert(local);
        if let Some(supervisor) = supervisor {
            started.supervisors.insert(local, supervisor);
            started.below.insert((supervisor, local));
        }
    }

    /// Gives a process its name.
    ///
    /// # Errors
    ///
    /// Where another process of this node has it.
    pub(crate) fn name(&self, name: ProcessName, local: u64) -> Result<(), NameTaken> {
        let text = name.clone();
        self.names.register(name, local)?;
        if let Some(record) = records::get(local) {
            record.set_name(text.as_str());
        }
        Ok(())
    }

    /// What a process was made from; nothing where it has ended already.
    pub(crate) fn set_recipe(&self, local: u64, recipe: Recipe) {
        let mut started = self.table();
        if started.by_arsenal.contains(&local) {
            started.recipes.keep(local, recipe);
        }
    }

    /// What one of Arsenal's own processes is called where others have a type.
    pub(crate) fn set_label(&self, local: u64, label: &'static str) {
        self.table().labels.insert(local, label);
    }

    /// All of Arsenal's own that it made itself.
    pub(super) fn labelled(&self) -> BTreeSet<u64> {
        self.table().labels.keys().copied().collect()
    }

    pub(super) fn label(&self, local: u64) -> Option<&'static str> {
        self.table().labels.get(&local).copied()
    }

    /// A process has ended, and with it whatever it supervised. Nothing is told of it.
    pub(crate) fn ended(&self, local: u64) {
        let forgotten = {
            let mut started = self.table();
            started.half_told.forget(local);
            started.forget(local)
        };
        self.forget_names(forgotten);
    }

    pub(super) fn forget_names(&self, locals: Vec<u64>) {
        for local in locals {
            self.names.forget(local);
        }
    }

    pub(super) fn table(&self) -> MutexGuard<'_, Started> {
        self.started.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// As many types as counts name; of those that are equally frequent, the first by name.
fn most_frequent(by_type: BTreeMap<String, usize>) -> BTreeMap<String, usize> {
    let mut types: Vec<(String, usize)> = by_type.into_iter().collect();
    types.sort_by_key(|(_, count)| Reverse(*count));
    types.truncate(TYPES_COUNTED_MAX);
    types.into_iter().collect()
}

impl Drop for ProcessTable {
    fn drop(&mut self) {
        if self.home.is_simulated() {
            instrument::forget(self.home);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::UNIX_EPOCH;

    use super::*;

    #[test]
    fn the_most_frequent_types_are_named_whatever_order_they_are_met_in() {
        let count = |number: usize| number % 7;
        let types = (0..200).map(|number| (format!("T{number:03}"), count(number)));
        let named = most_frequent(types.collect());
        assert_eq!(named.len(), TYPES_COUNTED_MAX);
        let rest = (0..200).filter(|number| !named.contains_key(&format!("T{number:03}")));
        assert!(rest.map(count).max() <= named.values().min().copied());
        assert!(named.contains_key("T005") && !named.contains_key("T194"), "{named:?}");
    }

    #[test]
    fn the_end_of_a_supervisor_is_the_end_of_all_below_it() {
        let table = ProcessTable::new("a".parse().unwrap(), 1, false, WallClock::set(UNIX_EPOCH));
        for (local, supervisor) in
            [(1, None), (2, Some(1)), (3, Some(2)), (4, Some(2)), (5, Some(1))]
        {
            table.started(local, supervisor);
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
