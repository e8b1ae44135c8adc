//! All operations that are linked into this program: sorted, checked once at start, immutable.

use crate::spec::OperationSpec;

/// The catalogue. Nothing at run time can change it or take it down.
#[derive(Debug, Default)]
pub struct Registry {
    operations: Vec<&'static OperationSpec>,
}

impl Registry {
    /// All operations, by name.
    pub fn operations(&self) -> &[&'static OperationSpec] {
        &self.operations
    }

    /// The operation with this name.
    pub fn get(&self, name: &str) -> Option<&'static OperationSpec> {
        let index = self.operations.binary_search_by(|spec| spec.name.cmp(name)).ok()?;
        self.operations.get(index).copied()
    }
}
