//! The OpenAPI document of the version of the API that a query asks for.

use bytes::Bytes;
use serde_json::Value;

use crate::{
    error::{InvalidInput, Violation, ViolationPlace},
    registry::Registry,
    spec::Version,
};

/// The key of the query that asks for another version.
const VERSION: &str = "version";

/// The document of the newest version is kept. Older ones are made each time: they are rarely asked
/// for, and each names its version, so keeping them all would have no bound.
pub(super) struct VersionedDocument {
    render: fn(&Registry) -> Value,
    newest: Bytes,
}

impl VersionedDocument {
    /// `render` makes the document of a catalogue.
    pub(super) fn new(registry: &Registry, render: fn(&Registry) -> Value) -> Self {
        Self { render, newest: render(&registry.in_api_version()).to_string().into() }
    }

    /// The document that a query asks for.
    ///
    /// # Errors
    /// Its `version` is none, or newer than the API.
    pub(super) fn asked_for(
        &self,
        registry: &Registry,
        query: &str,
    ) -> Result<Bytes, InvalidInput> {
        let mut pairs = query.split('&').filter_map(|pair| pair.split_once('='));
        let Some((_, text)) = pairs.find(|(key, _)| *key == VERSION) else {
            return Ok(self.newest.clone());
        };
        let version: Version = text.parse().map_err(|invalid| violation(&invalid))?;
        let operations = registry.in_version(version);
        let operations =
            operations.map_err(|too_new| too_new.violation(ViolationPlace::Query, VERSION))?;
        Ok((self.render)(&operations).to_string().into())
    }
}

fn violation(invalid: &impl std::fmt::Display) -> InvalidInput {
    InvalidInput::new(vec![Violation {
        place: ViolationPlace::Query,
        name: VERSION.to_owned(),
        pointer: String::new(),
        message: invalid.to_string(),
    }])
}
