//! All operations that are linked into this program: sorted, checked once at start, immutable.

mod checks;
mod error;
mod places;
mod routes;
mod schemas;
mod search;
#[cfg(test)]
mod tests;
mod unenforced;
mod versions;

use std::collections::BTreeMap;

pub use error::RegistryError;
pub use routes::OWN_PATHS;
pub use versions::TooNew;

use crate::{
    context::Services,
    nearest,
    spec::{OperationSpec, Registration, Version},
};

/// The catalogue. Nothing at run time can change it or take it down.
#[derive(Clone, Debug, Default)]
pub struct Registry {
    operations: Vec<&'static OperationSpec>,
    api_version: Option<Version>,
}

impl Registry {
    /// Every operation that the linker kept.
    ///
    /// # Errors
    /// All that is wrong with the catalogue at once: see [`Registry::from_specs`].
    pub fn from_linked() -> Result<Self, RegistryError> {
        Self::from_specs(inventory::iter::<Registration>().map(|entry| entry.0).collect())
    }

    /// A catalogue of these operations.
    ///
    /// # Errors
    /// All that is wrong at once, each with file and line: an empty catalogue, a name or a route
    /// that two operations of one version share, a schema name that two types share, an answer
    /// without a schema, a pattern that is no regular expression, a constraint in a schema that
    /// nobody enforces, parameters that the framework cannot serve.
    pub fn from_specs(mut operations: Vec<&'static OperationSpec>) -> Result<Self, RegistryError> {
        operations.sort_by_key(|spec| (spec.name, spec.source.file, spec.source.line));
        let problems = checks::problems(&operations);
        let api_version = versions::newest(&operations);
        RegistryError::unless_empty(problems).map(|()| Self { operations, api_version })
    }

    /// All operations, by name.
    pub fn operations(&self) -> &[&'static OperationSpec] {
        &self.operations
    }

    /// The operation with this name.
    pub fn get(&self, name: &str) -> Option<&'static OperationSpec> {
        let index = self.operations.binary_search_by(|spec| spec.name.cmp(name)).ok()?;
        self.operations.get(index).copied()
    }

    /// The operations of each tag, both by name.
    pub fn by_tag(&self) -> BTreeMap<&'static str, Vec<&'static OperationSpec>> {
        let mut tags: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for spec in &self.operations {
            tags.entry(spec.tag).or_default().push(*spec);
        }
        tags
    }

    /// How many operations came from which package; start prints it, so that a crate that the
    /// linker dropped is noticed.
    pub fn packages(&self) -> BTreeMap<&'static str, usize> {
        let mut packages = BTreeMap::new();
        for spec in &self.operations {
            *packages.entry(spec.source.package).or_default() += 1;
        }
        packages
    }

    /// The names most like this one, nearest first; at most
    /// [`SUGGESTIONS_MAX`](crate::limits::SUGGESTIONS_MAX), none if nothing is near.
    pub fn nearest(&self, name: &str) -> Vec<&'static str> {
        nearest::nearest(self.operations.iter().map(|spec| spec.name), |candidate| {
            nearest::text_distance(name, candidate)
        })
    }

    /// Checks that a node has every value that an operation asks for with `#[state]`.
    ///
    /// # Errors
    /// Every missing value, with the operation, the type, file and line.
    pub fn check_states(&self, services: &Services) -> Result<(), RegistryError> {
        let missing = |spec: &&'static OperationSpec| {
            let spec = *spec;
            spec.states
                .iter()
                .filter(|state| !(state.is_present)(services))
                .map(|state| {
                    let type_name = (state.type_name)();
                    format!("{}: the node was given no `{type_name}`", error::whence(spec))
                })
                .collect::<Vec<_>>()
        };
        RegistryError::unless_empty(self.operations.iter().flat_map(missing).collect())
    }
}
