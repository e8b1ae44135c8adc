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
            let state = self.position(spec).and_then(|position| self.0.get_mut(position));
            if let Some((_, state)) = state {
                state.hooks = hooks.of(spec);
            }
        }
    }

    /// `None` for an operation that the node's registry does not hold.
    pub(crate) fn get(&self, spec: &'static OperationSpec) -> Option<&OperationState> {
        self.0.get(self.position(spec)?).map(|(_, state)| state)
    }

    fn position(&self, spec: &'static OperationSpec) -> Option<usize> {
        let wanted = address(spec);
        self.0.binary_search_by_key(&wanted, |(address, _)| *address).ok()
    }
}

fn address(spec: &'static OperationSpec) -> usize {
    ptr::from_ref(spec).addr()
}
