//! What a node keeps for each of its operations, beside the constant.

use std::ptr;

use super::admission::Admission;
use crate::{
    hooks::{Hooks, OperationHooks},
    registry::Registry,
    spec::OperationSpec,
    telemetry::OperationMetrics,
};

/// The state of one operation on one node.
#[derive(Debug)]
pub(crate) struct OperationState {
    pub(super) admission: Admission,
    pub(crate) metrics: OperationMetrics,
    pub(crate) hooks: OperationHooks,
}

impl OperationState {
    fn new(spec: &'static OperationSpec) -> Self {
        Self {
            admission: Admission::new(&spec.limits),
            metrics: OperationMetrics::new(spec),
            hooks: OperationHooks::default(),
        }
    }
}

/// Where the state of an operation lies among those of its node, so that a run looks for it once.
#[derive(Clone, Copy, Debug)]
pub(crate) struct StateIndex(usize);

/// The states of all operations of a node, found by the address of the constant: it is asked for
/// with every request.
#[derive(Debug, Default)]
pub(crate) struct OperationStates(Vec<(usize, OperationState)>);

impl OperationStates {
    pub(crate) fn of(registry: &Registry) -> Self {
        let state = |spec: &&'static OperationSpec| (address(spec), OperationState::new(spec));
        let mut states: Vec<_> = registry.operations().iter().map(state).collect();
        states.sort_by_key(|(address, _)| *address);
        Self(states)
    }

    pub(crate) fn set_hooks(&mut self, registry: &Registry, hooks: &Hooks) {
        for spec in registry.operations() {
            let state = self.index(spec).and_then(|index| self.0.get_mut(index.0));
            if let Some((_, state)) = state {
                state.hooks = hooks.of(spec);
            }
        }
    }

    /// `None` for an operation that the node's registry does not hold.
    pub(crate) fn get(&self, spec: &'static OperationSpec) -> Option<&OperationState> {
        self.at(self.index(spec)?)
    }

    /// The same for one whose place is known.
    pub(crate) fn at(&self, index: StateIndex) -> Option<&OperationState> {
        self.0.get(index.0).map(|(_, state)| state)
    }

    /// The place of an operation's state, which is the same as long as the node lives.
    pub(crate) fn index(&self, spec: &'static OperationSpec) -> Option<StateIndex> {
        let wanted = address(spec);
        self.0.binary_search_by_key(&wanted, |(address, _)| *address).ok().map(StateIndex)
    }
}

fn address(spec: &'static OperationSpec) -> usize {
    ptr::from_ref(spec).addr()
}
