//! The OpenAPI document of the version of the API that a query asks for.

use std::sync::OnceLock;

use bytes::Bytes;
use serde_json::{Map, Value};

use crate::{
    error::{InvalidInput, Violation, ViolationPlace},
    registry::Registry,
    spec::Version,
    versions::InvalidVersion,
};

/// The key of the query that asks for another version.
const VERSION: &str = "version";

/// Documents that are kept. Versions differ only where an operation begins or ends; a program has few
/// such boundaries. Beyond them, the oldest versions are rendered each time: they are hardly asked for.
const DOCUMENTS_KEPT_MAX: usize = 32;

/// The members that come first: where other documents begin to differ, too, they name the version.
const HEAD: [&str; 2] = ["openapi", "info"];

/// Room for the head: mostly the description of the API.
const HEAD_BYTES_USUAL: usize = 1 << 10;

/// Renders each document when it is first asked for.
pub(super) struct VersionedDocument {
    render: fn(&Registry) -> Value,
    /// The versions at which operations begin or end.
    boundaries: Vec<Version>,
    /// One for a request that means no version at all, then those between boundaries, the newest
    /// first.
    kept: Vec<OnceLock<Rendering>>,
}

impl VersionedDocument {
    /// `render` makes the document of a catalogue.
    pub(super) fn new(registry: &Registry, render: fn(&Registry) -> Value) -> Self {
        let boundaries = registry.boundaries();
        let count = (boundaries.len() + 2).min(DOCUMENTS_KEPT_MAX);
        Self { render, boundaries, kept: (0..count).map(|_| OnceLock::new()).collect() }
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
        let version = registry
            .meant(asked(query)?)
            .map_err(|too_new| too_new.violation(ViolationPlace::Query, VERSION))?;
        let render = || Rendering::new((self.render)(&registry.those_of(version)));
        Ok(match self.kept.get(self.place(version)) {
            Some(kept) => kept.get_or_init(render).naming(version),
            None => render().naming(version),
        })
    }

    fn place(&self, version: Option<Version>) -> usize {
        let later = |version| self.boundaries.iter().filter(|it| **it > version).count();
        version.map_or(0, |version| 1 + later(version))
    }
}

fn asked(query: &str) -> Result<Option<Version>, InvalidInput> {
    let mut pairs = query.split('&').filter_map(|pair| pair.split_once('='));
    let text = pairs.find(|(key, _)| *key == VERSION).map(|(_, text)| text);
    text.map(str::parse).transpose().map_err(|invalid: InvalidVersion| {
        InvalidInput::new(vec![Violation::of(ViolationPlace::Query, VERSION, invalid.to_string())])
    })
}

/// A document whose head is written for each version that it is the document of.
struct Rendering {
    head: Map<String, Value>,
    /// The members behind the head, up to the end.
    rest: String,
}

impl Rendering {
    fn new(document: Value) -> Self {
        let members: Map<String, Value> =
            serde_json::from_value(document).expect("a document is an object");
        let (head, rest): (Map<_, _>, Map<_, _>) =
            members.into_iter().partition(|(key, _)| HEAD.contains(&key.as_str()));
        Self { head, rest: Value::Object(rest).to_string().split_off("{".len()) }
    }

    /// Without a version it stays as it was rendered.
    fn naming(&self, version: Option<Version>) -> Bytes {
        let mut head = self.head.clone();
        if let (Some(Value::Object(info)), Some(version)) = (head.get_mut("info"), version) {
            info.insert(String::from("version"), version.to_string().into());
        }
        let mut text = String::with_capacity(self.rest.len() + HEAD_BYTES_USUAL);
        text.push('{');
        for (key, value) in HEAD.iter().filter_map(|key| head.get_key_value(*key)) {
            text.extend(["\"", key, "\":", &value.to_string(), ","]);
        }
        text.push_str(&self.rest);
        text.into()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;
    use crate::{openapi::document, samples, spec::Versions};

    static RENDERED: AtomicUsize = AtomicUsize::new(0);

    fn counted(registry: &Registry) -> Value {
        RENDERED.fetch_add(1, Ordering::Relaxed);
        document(registry)
    }

    #[test]
    fn versions_without_a_boundary_between_them_are_rendered_once() {
        let mut catalogue = samples::catalogue();
        let since = Some(Version { major: 2, minor: 0 });
        catalogue[0].versions = Versions { since, ..Versions::default() };
        let registry = Registry::from_specs(samples::leaked(catalogue)).unwrap();
        let documents = VersionedDocument::new(&registry, counted);
        let asked = |query: &str| {
            let text = documents.asked_for(&registry, query).unwrap();
            let document: Value = serde_json::from_slice(&text).unwrap();
            let rendered = RENDERED.load(Ordering::Relaxed);
            (document["info"]["version"].as_str().unwrap().to_owned(), rendered)
        };
        for (query, version, rendered) in [
            ("version=1.0", "1.0", 1),
            ("version=1.9", "1.9", 1),
            ("version=2.0", "2.0", 2),
            ("", "2.0", 2),
            ("version=0.0", "0.0", 2),
        ] {
            assert_eq!(asked(query), (version.to_owned(), rendered), "{query}");
        }
    }
}
