//! Schemas of one direction, as schemars makes them.

use schemars::{Schema, SchemaGenerator, generate::SchemaSettings, transform::RecursiveTransform};
use serde_json::{Map, Value};

/// Which side of a type a schema describes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Contract {
    /// What is accepted.
    Read,
    /// What is sent.
    Written,
}

/// Where the definitions of what is read stand while a document is built. [`super::twofold`] moves
/// them to [`DEFINITIONS`] when it is known which of them differ there.
pub(super) const INPUT_DEFINITIONS: &str = "/components/inputs";

/// Where definitions stand in a document.
pub(super) const DEFINITIONS: &str = "/components/schemas";

/// Stands for the meta schema of a generator that leaves out the rules of parameters: the one
/// setting that reaches every `json_schema` and appears in none.
const WITHOUT_RULES: &str = "without-rules";

/// Marks an object, in schemas without rules, whose fields are parameters: what their types ask is
/// enforced.
pub(crate) const IS_ENFORCED: &str = "x-is-enforced";

/// Marks the schema of a type that enforces by itself, while it is decoded, what its schema asks: a
/// struct that serde alone decodes may have it as a field. No document shows it.
///
/// A type of your own has it in its schema. For a foreign one, put it at the field:
/// `#[schemars(extend("x-checks-itself" = true))]`.
pub const CHECKS_ITSELF: &str = "x-checks-itself";

/// Whether schemas have the rules of parameters.
pub(super) fn has_rules(generator: &SchemaGenerator) -> bool {
    generator.settings().meta_schema.as_deref() != Some(WITHOUT_RULES)
}

/// A generator and the definitions that it has met.
pub(crate) struct Schemas {
    generator: SchemaGenerator,
}

impl Schemas {
    /// For a document: definitions stand under its components.
    pub(crate) fn new(contract: Contract) -> Self {
        let path = match contract {
            Contract::Read => INPUT_DEFINITIONS,
            Contract::Written => DEFINITIONS,
        };
        Self::with_settings(contract, |settings| {
            settings.definitions_path = path.into();
            settings.transforms.push(Box::new(RecursiveTransform(unmark)));
        })
    }

    /// For a schema of its own: definitions stand under `$defs`.
    pub(super) fn standalone(contract: Contract) -> Self {
        Self::with_settings(contract, |settings| {
            settings.transforms.push(Box::new(RecursiveTransform(unmark)));
        })
    }

    /// The schema that a function makes; nested types become references.
    pub(crate) fn of(&mut self, schema: impl FnOnce(&mut SchemaGenerator) -> Schema) -> Value {
        let mut schema = schema(&mut self.generator);
        // Transforms reach definitions by themselves, an inline schema only here.
        for transform in self.generator.transforms_mut() {
            transform.transform(&mut schema);
        }
        schema.to_value()
    }

    /// For a look at what types ask by themselves: without the rules of parameters.
    pub(crate) fn without_rules() -> Self {
        Self::with_settings(Contract::Read, |settings| {
            settings.meta_schema = Some(WITHOUT_RULES.into());
        })
    }

    /// The names of all definitions, so far.
    pub(crate) fn names(&self) -> impl Iterator<Item = &String> {
        self.generator.definitions().keys()
    }

    /// All definitions by name.
    pub(crate) fn into_definitions(mut self) -> Map<String, Value> {
        self.generator.take_definitions(true)
    }

    fn with_settings(contract: Contract, change: impl FnOnce(&mut SchemaSettings)) -> Self {
        let settings = SchemaSettings::draft2020_12().with(|settings| {
            settings.meta_schema = None;
            change(settings);
        });
        let settings = match contract {
            Contract::Read => settings.for_deserialize(),
            Contract::Written => settings.for_serialize(),
        };
        Self { generator: settings.into_generator() }
    }
}

fn unmark(schema: &mut Schema) {
    schema.remove(CHECKS_ITSELF);
}

/// The members of an object. The schema `true` has none.
pub(super) fn keywords(schema: Value) -> Map<String, Value> {
    if let Value::Object(keywords) = schema { keywords } else { Map::new() }
}
