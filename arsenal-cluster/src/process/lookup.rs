//! From an address to the process of this node that it names.

use std::time::Duration;

use arsenal_core::{
    error::{Code, OperationError},
    name::NodeName,
};
use ractor::{ActorCell, ActorId, registry};

use super::{NamedProcess, ProcessAddress, ProcessId, ProcessName, ProcessTable, elsewhere::above};
use crate::instrument::{End, Ended, clock, records};

impl ProcessTable {
    /// The actor that an address names on this node.
    ///
    /// A name that Arsenal gave goes before one that ractor was given; both are names of this node only.
    ///
    /// # Errors
    /// `gone` where it ended and that is remembered, saying how; `not_found` where its start of the node
    /// ended, nothing has the name, or nothing is known of it.
    pub fn find(&self, address: &ProcessAddress) -> Result<ActorCell, OperationError> {
        match address {
            ProcessAddress::Id(id) => self.by_id(id),
            ProcessAddress::NameOn(name, node) if *node != self.node => Err(elsewhere(name, node)),
            ProcessAddress::Name(name) | ProcessAddress::NameOn(name, _) => {
                self.named(name).into_iter().next().ok_or_else(|| self.nothing_named(name))
            }
        }
    }

    /// The identity of the process that an address names on this node. Nothing else is learnt of it.
    ///
    /// # Errors
    /// As [`ProcessTable::find`].
    pub fn identify(&self, address: &ProcessAddress) -> Result<ProcessId, OperationError> {
        Ok(self.id(self.find(address)?.get_id().pid()))
    }

    /// All processes of this node that are called so: at most one that Arsenal gave the name, and before
    /// one that has it in ractor.
    pub fn find_named(&self, name: &ProcessName) -> Vec<NamedProcess> {
        self.named(name).iter().map(|cell| NamedProcess::of(self, cell)).collect()
    }

    fn named(&self, name: &ProcessName) -> Vec<ActorCell> {
        let own = self.names().find(name).and_then(|local| self.actor(local));
        let ractors = registry::where_is(name.as_str()).filter(|cell| self.has(cell));
        let is_other =
            |cell: &ActorCell| own.as_ref().map(ActorCell::get_id) != Some(cell.get_id());
        let ractors = ractors.filter(is_other);
        own.into_iter().chain(ractors).collect()
    }

    fn by_id(&self, id: &ProcessId) -> Result<ActorCell, OperationError> {
        let not_found =
            |why: String| OperationError::not_found(format!("no process `{id}`: {why}"));
        if id.node != self.node {
            return Err(not_found(format!("this is node `{}`", self.node)));
        }
        if id.generation < self.generation {
            return Err(not_found(format!("node `{}` was started again since", self.node)));
        }
        if id.generation > self.generation {
            return Err(not_found(format!("node `{}` has not been started so often", self.node)));
        }
        self.actor(id.local).ok_or_else(|| match self.history().end_of(id.local) {
            Some(ended) => gone(id, &ended),
            None => not_found(String::from("it has ended, or never was")),
        })
    }

    /// One of this node's actors.
    fn actor(&self, local: u64) -> Option<ActorCell> {
        registry::where_is_pid(ActorId::Local(local)).filter(|cell| self.has(cell))
    }

    /// Whether an actor is of this node, among all of this process of the operating system.
    pub(super) fn has(&self, cell: &ActorCell) -> bool {
        self.is_own(cell, |cell| {
            let mut ids = vec![cell.get_id()];
            ids.extend(above(cell).map(|above| above.get_id()));
            let is_above = |id: ActorId| ids.contains(&id);
            if self.is_shared {
                self.root.get().is_some_and(|root| is_above(root.get_id()))
            } else {
                !self.elsewhere.any_root(is_above)
            }
        })
    }

    /// Whether an actor is of this node: an instrumented one says where it is at home, of others it is
    /// told by what they are below.
    pub(super) fn is_own(
        &self,
        cell: &ActorCell,
        by_place: impl FnOnce(&ActorCell) -> bool,
    ) -> bool {
        let id = cell.get_id();
        id.is_local()
            && records::get(id.pid())
                .map_or_else(|| by_place(cell), |record| record.home == self.home)
    }

    /// Whether an actor of this node is the one that an address names.
    pub(super) fn is_at(&self, cell: &ActorCell, address: &ProcessAddress) -> bool {
        self.find(address).is_ok_and(|found| found.get_id() == cell.get_id())
    }

    fn nothing_named(&self, name: &ProcessName) -> OperationError {
        OperationError::not_found(format!("no process is called `{name}` on node `{}`", self.node))
    }
}

fn elsewhere(name: &ProcessName, node: &NodeName) -> OperationError {
    OperationError::not_found(format!("`{name}@{node}` is not of this node"))
}

fn gone(id: &ProcessId, ended: &Ended) -> OperationError {
    let ago = Duration::from_nanos(clock::nanos().saturating_sub(ended.at));
    let what = ended.name.as_ref().map_or_else(String::new, |name| format!(", `{name}`"));
    let detail = format!("the process `{id}`{what} is gone: {}", how_it_ended(&ended.end, ago));
    OperationError::new(Code::Gone, detail)
}

fn how_it_ended(end: &End, ago: Duration) -> String {
    let ago = humantime::format_duration(Duration::from_secs(ago.as_secs()));
    match end {
        End::Stopped => format!("it was stopped {ago} ago"),
        End::Killed => format!("it was killed {ago} ago, or its supervisor ended"),
        End::Failed { error, location: None } => format!("it failed {ago} ago: {error}"),
        End::Failed { error, location: Some(place) } => {
            format!("it failed {ago} ago at {place}: {error}")
        }
    }
}

#[cfg(test)]
#[path = "lookup_tests.rs"]
mod tests;
