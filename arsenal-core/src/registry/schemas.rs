//! Schemas that would make the documents lie: names shared by two types, answers without a shape.
//!
//! schemars numbers a name that is taken (`Foo`, `Foo2`) and keeps to itself which type got which.
//! So the types of all operations go through one generator, and a numbered name beside the name
//! that it was numbered from is reported. A type that is really called `Foo2` is called so in a
//! generator of its own, too, and is let through; only where one type holds both a `Foo` and a `Foo2`
//! it is reported, and renaming one of them (`#[schemars(rename = …)]`) helps. Types whose hand-written schemas share name *and* id are one to schemars.

use std::collections::BTreeMap;

use schemars::{Schema, SchemaGenerator};
use serde_json::{Map, Value};

use super::error::whence;
use crate::{
    answer::Gather,
    error::Problem,
    openapi::{Contract, Schemas, twofold_names},
    spec::{OperationSpec, Target},
};

type SchemaFn = fn(&mut SchemaGenerator) -> Schema;

/// Every problem with the schemas of a catalogue.
pub(super) fn problems(operations: &[&'static OperationSpec]) -> Vec<String> {
    let mut problems = empty_answers(operations);
    let mut names = Names::default();
    names.add_all(operations, Contract::Read);
    names.add_all(operations, Contract::Written);
    problems.extend(names.shared(operations));
    problems.extend(names.unusable());
    problems.extend(twofold_clashes(operations, &names));
    problems
}

fn empty_answers(operations: &[&'static OperationSpec]) -> Vec<String> {
    let mut schemas = Schemas::new(Contract::Written);
    let answers = operations.iter().flat_map(|spec| answers_of(spec).map(move |f| (spec, f)));
    let described: Vec<_> = answers.map(|(spec, answer)| (spec, schemas.of(answer))).collect();
    let definitions = schemas.into_definitions();
    described
        .into_iter()
        .filter(|(_, schema)| says_nothing(schema, &definitions))
        .map(|(spec, _)| format!("{}: the schema of its answer allows anything", whence(spec)))
        .collect()
}

/// Keywords that describe and do not restrict.
const ANNOTATIONS: [&str; 8] = [
    "title",
    "description",
    "default",
    "examples",
    "deprecated",
    "readOnly",
    "writeOnly",
    "$schema",
];

fn says_nothing(schema: &Value, definitions: &Map<String, Value>) -> bool {
    let Some(keywords) = schema.as_object() else {
        return *schema == Value::Bool(true);
    };
    let mut restricting = keywords.iter().filter(|(name, _)| !ANNOTATIONS.contains(&name.as_str()));
    match (restricting.next(), restricting.next()) {
        (None, _) => true,
        (Some((key, Value::String(target))), None) if key == "$ref" => {
            target.rsplit('/').next().and_then(|name| definitions.get(name)).is_some_and(|schema| {
                schema.get("$ref").is_none() && says_nothing(schema, definitions)
            })
        }
        _ => false,
    }
}

/// The schema names of a catalogue, each with the operation that first needed it.
#[derive(Default)]
struct Names {
    by_contract: BTreeMap<Contract, BTreeMap<String, String>>,
}

impl Names {
    fn add_all(&mut self, operations: &[&'static OperationSpec], contract: Contract) {
        let names = self.by_contract.entry(contract).or_default();
        let mut schemas = Schemas::new(contract);
        schemas.of(SchemaGenerator::subschema_for::<Problem>);
        note_new(names, &schemas, "arsenal-core itself");
        for spec in operations {
            schemas_of(spec).for_each(|schema| drop(schemas.of(schema)));
            note_new(names, &schemas, &whence(spec));
        }
    }

    fn shared(&self, operations: &[&'static OperationSpec]) -> Vec<String> {
        let mut found = BTreeMap::new();
        for (contract, names) in &self.by_contract {
            for (name, whence) in names {
                if let Some((base, other)) = numbered_from(name, names)
                    && !is_really_called(name, operations, *contract)
                {
                    found.entry(name.clone()).or_insert_with(|| {
                        format!("two types share the schema name `{base}`: one in {other}, one in {whence}")
                    });
                }
            }
        }
        found.into_values().collect()
    }

    fn unusable(&self) -> Vec<String> {
        let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
        let mut found = BTreeMap::new();
        for (name, whence) in self.by_contract.values().flatten() {
            if !name.bytes().all(is_allowed) {
                found.insert(
                    name,
                    format!("{whence}: OpenAPI does not allow the schema name `{name}`"),
                );
            }
        }
        found.into_values().collect()
    }
}

fn note_new(names: &mut BTreeMap<String, String>, schemas: &Schemas, whence: &str) {
    for name in schemas.names() {
        names.entry(name.clone()).or_insert_with(|| whence.to_owned());
    }
}

/// The name that schemars numbered to get this one, with who needed it.
fn numbered_from<'a>(
    name: &'a str,
    names: &'a BTreeMap<String, String>,
) -> Option<(&'a str, &'a String)> {
    // `Sha256` is numbered only if `Sha2` to `Sha255` are taken, so the number before decides.
    let digits = name.bytes().rev().take_while(u8::is_ascii_digit).count();
    (1..=digits).find_map(|count| {
        let (base, number) = name.split_at_checked(name.len() - count)?;
        let number: u32 = number.parse().ok().filter(|n| *n >= 2 && !number.starts_with('0'))?;
        let before = if number == 2 { base.to_owned() } else { format!("{base}{}", number - 1) };
        names
            .contains_key(&before)
            .then(|| names.get_key_value(base))?
            .map(|(k, v)| (k.as_str(), v))
    })
}

/// Whether a type has this name also where no other operation's types are.
#[cold]
fn is_really_called(name: &str, operations: &[&'static OperationSpec], contract: Contract) -> bool {
    operations.iter().copied().flat_map(schemas_of).any(|schema| {
        let mut alone = Schemas::new(contract);
        alone.of(schema);
        let mut names = BTreeMap::new();
        note_new(&mut names, &alone, "");
        names.contains_key(name) && numbered_from(name, &names).is_none()
    })
}

/// A type that is read and written differently is documented as `X` and `XInput`; the second name
/// must be free.
fn twofold_clashes(operations: &[&'static OperationSpec], names: &Names) -> Vec<String> {
    let all: BTreeMap<&String, &String> = names.by_contract.values().flatten().collect();
    twofold_names(operations)
        .into_iter()
        .filter_map(|name| {
            let input = format!("{name}Input");
            let whence = all.get(&input)?;
            Some(format!("{whence}: the schema name `{input}` is needed for how `{name}` is read"))
        })
        .collect()
}

/// All that an operation reads and answers.
fn schemas_of(spec: &'static OperationSpec) -> impl Iterator<Item = SchemaFn> {
    spec.parameters.iter().map(|parameter| parameter.schema).chain(answers_of(spec))
}

/// What one node answers, and what a gathering function makes of it.
fn answers_of(spec: &'static OperationSpec) -> impl Iterator<Item = SchemaFn> {
    let gathered = match (spec.target, spec.gather) {
        (Target::AllNodes { .. }, Gather::With(gather)) => Some(gather.output),
        _ => None,
    };
    std::iter::once(spec.output).chain(gathered)
}
