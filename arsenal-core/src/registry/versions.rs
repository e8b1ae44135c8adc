//! Which version of the API a request means, and what is said where it has no such operation.

use std::collections::BTreeSet;

use super::Registry;
use crate::{
    error::{Code, InvalidInput, OperationError, Violation, ViolationPlace},
    spec::{OperationSpec, Version},
};

impl Registry {
    /// The same operations as another version of the API than the newest that one of them names in
    /// `since`: what a request means that names none.
    #[must_use]
    pub fn with_api_version(self, version: Version) -> Self {
        Self { api_version: Some(version), ..self }
    }

    /// What a request means that names no version. `None` where no operation has `since`: then
    /// nothing has ended yet, either.
    pub fn api_version(&self) -> Option<Version> {
        self.api_version
    }

    /// The operations of one version of the API.
    ///
    /// # Errors
    /// The version is newer than the API.
    pub fn in_version(&self, version: Version) -> Result<Self, TooNew> {
        let meant = self.meant(Some(version))?;
        Ok(self.those_of(meant))
    }

    /// The operations that are served to who names no version.
    #[must_use]
    pub fn in_api_version(&self) -> Self {
        self.those_of(self.api_version)
    }

    /// Whether the version that a request names, or means, has the operation.
    ///
    /// # Errors
    /// `not_found` where it has it only later, `gone` where it has it no more, `invalid_input` where
    /// the API has no such version yet; `place` and `name` say where the request named it.
    pub fn admit_version(
        &self,
        spec: &OperationSpec,
        asked: Option<Version>,
        place: ViolationPlace,
        name: &str,
    ) -> Result<(), OperationError> {
        let meant = self.meant(asked).map_err(|too_new| too_new.violation(place, name))?;
        match meant {
            Some(version) if !spec.versions.has(version) => Err(self.absent(spec, version)),
            Some(_) | None => Ok(()),
        }
    }

    /// The versions that differ from the ones before: an operation begins there, or ends.
    pub(crate) fn boundaries(&self) -> Vec<Version> {
        let of = |spec: &&'static OperationSpec| [spec.versions.since, spec.versions.until];
        let all: BTreeSet<_> = self.operations.iter().flat_map(of).flatten().collect();
        all.into_iter().collect()
    }

    /// The version that a request means which asks for this one, or for none.
    ///
    /// # Errors
    /// The version is newer than the API.
    pub(crate) fn meant(&self, asked: Option<Version>) -> Result<Option<Version>, TooNew> {
        match (asked, self.api_version) {
            (Some(asked), Some(newest)) if asked > newest => Err(TooNew { newest }),
            (asked, newest) => Ok(asked.or(newest)),
        }
    }

    /// The operations of a version; all of them where none is meant.
    pub(crate) fn those_of(&self, version: Option<Version>) -> Self {
        let operations = self.operations.iter().copied();
        let has = |spec: &&OperationSpec| version.is_none_or(|version| spec.versions.has(version));
        Self { operations: operations.filter(has).collect(), api_version: version }
    }

    #[cold]
    fn absent(&self, spec: &OperationSpec, version: Version) -> OperationError {
        let name = spec.name;
        match (spec.versions.since, spec.versions.until) {
            (_, Some(until)) if until <= version => {
                let detail = format!(
                    "`{name}` ended with version {until} of the API; version {version} was meant"
                );
                let error = OperationError::new(Code::Gone, detail);
                let replacement = spec.versions.replaced_by.and_then(|name| self.get(name));
                error.suggest(replacement.map_or_else(
                    || format!("ask for a version before {until}"),
                    |by| format!("use `{}`: `{} {}`", by.name, by.method.as_str(), by.path),
                ))
            }
            (since, _) => {
                let since = since.map_or_else(String::new, |since| format!(" since {since}"));
                OperationError::not_found(format!(
                    "version {version} of the API has no `{name}`: it is there{since}"
                ))
            }
        }
    }
}

/// A version was asked for that the API does not have yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooNew {
    /// The newest that it has.
    pub newest: Version,
}

impl TooNew {
    /// As it is said of the place where the version was named.
    pub fn violation(self, place: ViolationPlace, name: &str) -> InvalidInput {
        let message = format!("is newer than the API, which is at version {}", self.newest);
        InvalidInput::new(vec![Violation::of(place, name, message)])
    }
}

/// The greatest `since`.
pub(super) fn newest(operations: &[&'static OperationSpec]) -> Option<Version> {
    operations.iter().filter_map(|spec| spec.versions.since).max()
}
