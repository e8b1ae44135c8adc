//! The sandboxes that a node owns.

use std::{
    collections::BTreeMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use arsenal_core::{
    error::{Code, OperationError},
    membership::MembershipView,
};

use super::{SANDBOXES_MAX, Sandbox, SandboxId, Share, ShareState};

/// Records by id. A sandbox has one from the moment that all of it runs.
#[derive(Debug, Default)]
pub struct Records(Mutex<BTreeMap<SandboxId, Sandbox>>);

impl Records {
    /// Refuses when this node owns too many already.
    pub(super) fn check_room(&self) -> Result<(), OperationError> {
        if self.records().len() < SANDBOXES_MAX {
            return Ok(());
        }
        let detail = format!("this node owns {SANDBOXES_MAX} sandboxes, the most it can");
        Err(OperationError::new(Code::Overloaded, detail)
            .suggest("delete some, or ask another node"))
    }

    pub(super) fn insert(&self, sandbox: Sandbox) {
        self.records().insert(sandbox.id.clone(), sandbox);
    }

    pub(super) fn remove(&self, id: &SandboxId) -> Option<Sandbox> {
        self.records().remove(id)
    }

    /// Whether the id is in use.
    pub(super) fn contains(&self, id: &SandboxId) -> bool {
        self.records().contains_key(id)
    }

    /// A sandbox, with what the view says about its shares.
    pub fn get(&self, id: &SandboxId, view: &MembershipView) -> Option<Sandbox> {
        self.records().get(id).map(|sandbox| as_seen(sandbox.clone(), view))
    }

    /// At most `limit` sandboxes after an id, in the order of their ids.
    pub fn list(
        &self,
        after: Option<&SandboxId>,
        limit: usize,
        view: &MembershipView,
    ) -> Vec<Sandbox> {
        let records = self.records();
        let rows = records.iter().filter(|(id, _)| after.is_none_or(|after| *id > after));
        rows.take(limit).map(|(_, sandbox)| as_seen(sandbox.clone(), view)).collect()
    }

    fn records(&self) -> MutexGuard<'_, BTreeMap<SandboxId, Sandbox>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn as_seen(mut sandbox: Sandbox, view: &MembershipView) -> Sandbox {
    for share in &mut sandbox.shares {
        share.state = state(share, view);
    }
    sandbox
}

fn state(share: &Share, view: &MembershipView) -> ShareState {
    match view.member(share.node.as_str()) {
        Some(member) if member.generation != share.generation => ShareState::Lost,
        Some(member) if member.status.is_callable() => ShareState::Started,
        Some(_) | None => ShareState::Unreachable,
    }
}
