//! The whole document: frame, paths, components.

use std::collections::BTreeSet;

use schemars::SchemaGenerator;
use serde_json::{Map, Value};

use super::{
    frame, operation, referenced,
    schemas::{Contract, Schemas},
    shared, three_zero, twofold,
};
use crate::{error::Problem, registry::Registry, spec::OperationSpec};

/// The schemas of both directions while a document is built.
pub(super) struct BothWays {
    /// What clients send.
    pub(super) read: Schemas,
    /// What nodes answer.
    pub(super) written: Schemas,
}

/// The OpenAPI 3.1 document of what a catalogue serves to who names no version of the API. The same
/// catalogue gives the same document.
pub fn document(registry: &Registry) -> Value {
    let registry = &registry.in_api_version();
    let mut schemas = BothWays::new();
    let paths = paths(registry.operations(), &mut schemas);
    let shared = shared::components(&mut schemas.written);
    let mut document = frame::frame(registry);
    document.insert(String::from("paths"), Value::Object(paths));
    let inputs = schemas.read.into_definitions();
    let outputs = schemas.written.into_definitions();
    let names = twofold::names(&inputs, &outputs);
    let components = document.entry("components").or_insert_with(|| Map::new().into());
    if let Value::Object(components) = components {
        components.extend(shared);
        let definitions = twofold::merged(inputs, outputs, &names);
        components.insert(String::from("schemas"), Value::Object(definitions));
    }
    let mut document = Value::Object(document);
    twofold::resolve(&mut document, &names);
    referenced::keep_referenced(&mut document, &shared::KINDS);
    document
}

/// The same in OpenAPI 3.0, for generators of clients that know no later version.
pub fn document_3_0(registry: &Registry) -> Value {
    let mut document = document(registry);
    three_zero::lower(&mut document);
    document
}

/// The names of types that are read and written differently.
pub(crate) fn twofold_names(operations: &[&'static OperationSpec]) -> BTreeSet<String> {
    let mut schemas = BothWays::new();
    paths(operations, &mut schemas);
    twofold::names(&schemas.read.into_definitions(), &schemas.written.into_definitions())
}

impl BothWays {
    fn new() -> Self {
        let mut written = Schemas::new(Contract::Written);
        written.of(SchemaGenerator::subschema_for::<Problem>);
        Self { read: Schemas::new(Contract::Read), written }
    }
}

/// Every operation under its own path. Aliases are named inside of the operation.
fn paths(operations: &[&'static OperationSpec], schemas: &mut BothWays) -> Map<String, Value> {
    let mut paths = Map::new();
    let mut by_path = operations.to_vec();
    by_path.sort_by_key(|spec| (spec.path, spec.method));
    for spec in by_path {
        let item = paths.entry(spec.path).or_insert_with(|| Map::new().into());
        if let Value::Object(item) = item {
            let method = spec.method.as_str().to_ascii_lowercase();
            item.insert(method, operation::operation(spec, schemas));
        }
    }
    paths
}
