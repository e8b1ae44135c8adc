//! The names that a node has given to its processes: the first form of the directory.

use std::{
    collections::BTreeMap,
    fmt,
    sync::{Mutex, MutexGuard, PoisonError},
};

use super::ProcessName;

/// Name → local process number, and back.
#[derive(Debug, Default)]
pub struct Names(Mutex<Tables>);

#[derive(Debug, Default)]
struct Tables {
    by_name: BTreeMap<ProcessName, u64>,
    by_process: BTreeMap<u64, ProcessName>,
}

/// The name belongs to another process. Nothing was changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NameTaken(pub ProcessName);

impl fmt::Display for NameTaken {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "the name `{}` is taken on that node", self.0)
    }
}

impl std::error::Error for NameTaken {}

impl Names {
    /// Gives a process its name.
    pub fn register(&self, name: ProcessName, local: u64) -> Result<(), NameTaken> {
        let mut tables = self.tables();
        if tables.by_name.contains_key(&name) {
            return Err(NameTaken(name));
        }
        tables.by_process.insert(local, name.clone());
        tables.by_name.insert(name, local);
        Ok(())
    }

    /// Forgets the name of a process that has ended.
    pub fn forget(&self, local: u64) {
        let mut tables = self.tables();
        if let Some(name) = tables.by_process.remove(&local) {
            tables.by_name.remove(&name);
        }
    }

    /// The process that has this name.
    pub fn find(&self, name: &ProcessName) -> Option<u64> {
        self.tables().by_name.get(name).copied()
    }

    /// The name of a process.
    pub fn of(&self, local: u64) -> Option<ProcessName> {
        self.tables().by_process.get(&local).cloned()
    }

    /// At most `limit` names that start with `prefix`, in order, after the name `after`.
    pub fn list(&self, prefix: &str, after: Option<&str>, limit: usize) -> Vec<(ProcessName, u64)> {
        let tables = self.tables();
        // Names are sorted, but a name cannot be made of a prefix unchecked, so the run is found by
        // comparing texts.
        let rows = tables
            .by_name
            .iter()
            .skip_while(|(name, _)| name.as_str() < prefix)
            .take_while(|(name, _)| name.as_str().starts_with(prefix))
            .filter(|(name, _)| after.is_none_or(|after| name.as_str() > after));
        rows.take(limit).map(|(name, local)| (name.clone(), *local)).collect()
    }

    /// How many names there are.
    pub fn len(&self) -> usize {
        self.tables().by_name.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn tables(&self) -> MutexGuard<'_, Tables> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique_and_forgotten() {
        let names = Names::default();
        for (name, local) in [("a", 1), ("ab", 2), ("b", 3)] {
            names.register(name.parse().unwrap(), local).unwrap();
        }
        assert!(names.register("a".parse().unwrap(), 4).is_err());
        let listed = |prefix, after| {
            let rows = names.list(prefix, after, 10);
            rows.iter().map(|(name, _)| name.to_string()).collect::<Vec<_>>().join(" ")
        };
        assert_eq!(listed("a", None), "a ab");
        assert_eq!(listed("", Some("a")), "ab b");
        names.forget(1);
        assert_eq!(listed("", None), "ab b");
        assert_eq!(names.of(2).unwrap().as_str(), "ab");
        let find = |name: &str| names.find(&name.parse().unwrap());
        assert_eq!((find("ab"), find("a")), (Some(2), None));
    }
}
