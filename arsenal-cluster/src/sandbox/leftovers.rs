//! Shares that may run and that nobody has ended yet: whatever way an invocation ends, also by being
//! dropped at its deadline, the janitor gets them.

use arsenal_core::name::NodeName;

use super::{Cleanups, SandboxId};

/// Hands its shares to the janitor when it is dropped, and not earlier: two that end one share at a
/// time would each count a part of it.
pub(super) struct Leftovers<'a> {
    cleanups: &'a Cleanups,
    sandbox: &'a SandboxId,
    shares: Vec<(NodeName, u64)>,
}

impl<'a> Leftovers<'a> {
    pub(super) fn new(cleanups: &'a Cleanups, sandbox: &'a SandboxId) -> Self {
        Self { cleanups, sandbox, shares: Vec::new() }
    }

    /// A share on this start of a node may run.
    pub(super) fn add(&mut self, node: NodeName, generation: u64) {
        self.shares.push((node, generation));
    }

    /// The share on this node has ended.
    pub(super) fn ended(&mut self, node: &NodeName) {
        self.shares.retain(|(other, _)| other != node);
    }

    /// All shares run, and shall.
    pub(super) fn keep(mut self) {
        self.shares.clear();
    }
}

impl Drop for Leftovers<'_> {
    fn drop(&mut self) {
        for (node, generation) in self.shares.drain(..) {
            self.cleanups.add(node, generation, self.sandbox.clone());
        }
    }
}
