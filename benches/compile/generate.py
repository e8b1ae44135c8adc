"""Writes crates of many operations, and of as many axum handlers by hand, with the same types."""

import pathlib
import shutil

HERE = pathlib.Path(__file__).parent
ROOT = HERE.parent.parent
GENERATED = HERE / "generated"

MANIFEST = """\
[package]
name = "{name}"
version = "0.0.0"
edition = "2024"

[dependencies]
{dependencies}
"""
WORKSPACE = """\
[workspace]
resolver = "3"
members = [{members}]
"""
SERDE = 'serde = { version = "1", features = ["derive"] }\n'
SCHEMARS = 'schemars = "1.2"\n'
CORE = f'arsenal-core = {{ path = "{ROOT / "arsenal-core"}" }}\n'
AXUM = 'axum = "0.8.9"\n'


def generate(count, start_count):
    """All crates, as one workspace that resolves to the versions of the committed lock file."""
    shutil.rmtree(GENERATED, ignore_errors=True)
    crate("operations", SERDE + SCHEMARS + CORE, operations(count))
    crate("handlers", SERDE + AXUM, handlers(count, with_schema=False))
    crate("handlers-with-schema", SERDE + SCHEMARS + AXUM, handlers(count, with_schema=True))
    crate("start", SERDE + SCHEMARS + CORE, operations(start_count) + START, is_program=True)
    members = ", ".join(f'"{path.name}"' for path in sorted(GENERATED.iterdir()))
    (GENERATED / "Cargo.toml").write_text(WORKSPACE.format(members=members))
    shutil.copy(HERE.parent / "http" / "Cargo.lock", GENERATED / "Cargo.lock")


def crate(name, dependencies, text, is_program=False):
    folder = GENERATED / name
    (folder / "src").mkdir(parents=True)
    (folder / "Cargo.toml").write_text(MANIFEST.format(name=name, dependencies=dependencies))
    (folder / "src" / ("main.rs" if is_program else "lib.rs")).write_text(text)


# Four kinds in turn: what is read from path and query, from a body, from all three, from the path.

def answer(number, derives):
    return f"""
#[derive({derives})]
pub struct Thing{number}Answer {{
    pub id: u64,
    pub name: String,
    pub tags: Vec<String>,
    pub note: Option<String>,
}}
"""


def operations(count):
    parts = ["#![allow(dead_code)]\nuse arsenal_core::prelude::*;\nuse schemars::JsonSchema;\n"
             "use serde::Serialize;\n"]
    for number in range(count):
        parts.append(answer(number, "Serialize, JsonSchema"))
        parts.append(OPERATIONS[number % 4].replace("NUMBER", str(number)))
    return "".join(parts)


OPERATIONS = ['''
/// Reads NUMBER.
#[operation(get, "/things/NUMBER/{id}", tag = "thing")]
pub async fn read_NUMBER(
    _context: NodeContext,
    /// Which.
    id: u64,
    /// Whether to say all.
    verbose: Option<bool>,
    /// At most this many.
    #[param(range(min = 1, max = 1000), default = 100)]
    limit: u32,
) -> Result<ThingNUMBERAnswer, OperationError> {
    let note = verbose.map(|_| limit.to_string());
    Ok(ThingNUMBERAnswer { id, name: String::new(), tags: Vec::new(), note })
}
''', '''
/// Adds NUMBER.
#[operation(post, "/things/NUMBER", tag = "thing")]
pub async fn add_NUMBER(
    _context: NodeContext,
    /// Its name.
    #[param(length(min = 1, max = 64))]
    name: String,
    /// How many.
    #[param(range(min = 1, max = 1000))]
    quantity: u32,
    active: bool,
    tags: Vec<String>,
    note: Option<String>,
) -> Result<ThingNUMBERAnswer, OperationError> {
    Ok(ThingNUMBERAnswer { id: u64::from(quantity) + u64::from(active), name, tags, note })
}
''', '''
/// Changes NUMBER.
#[operation(put, "/things/NUMBER/{id}", tag = "thing")]
pub async fn change_NUMBER(
    _context: NodeContext,
    /// Which.
    id: u64,
    /// Whether to say only what would change.
    #[param(query)]
    preview: Option<bool>,
    /// Its name.
    #[param(length(min = 1, max = 64))]
    name: String,
    tags: Vec<String>,
    note: Option<String>,
) -> Result<ThingNUMBERAnswer, OperationError> {
    Ok(ThingNUMBERAnswer { id, name, tags, note: note.filter(|_| preview.is_none()) })
}
''', '''
/// Deletes NUMBER.
#[operation(delete, "/things/NUMBER/{id}", tag = "thing")]
pub async fn delete_NUMBER(
    _context: NodeContext,
    /// Which.
    id: u64,
) -> Result<ThingNUMBERAnswer, OperationError> {
    Ok(ThingNUMBERAnswer { id, name: String::new(), tags: Vec::new(), note: None })
}
''']

START = '''
fn main() {
    use std::{sync::Arc, time::Instant};
    use arsenal_core::{context::{NodeParts, Services}, membership::{Alone, Mode}, registry::Registry};

    let start = Instant::now();
    let registry = Arc::new(Registry::from_linked().expect("good operations"));
    let registered = start.elapsed();
    let count = registry.operations().len();
    let document = arsenal_core::openapi::document(&registry).to_string();
    let documented = start.elapsed();
    let name: NodeName = "bench".parse().expect("a good name");
    let cluster = Arc::new(Alone::new(name.clone()));
    let node = NodeParts::new(name, cluster, registry, Services::default(), Mode::Cluster);
    let router = arsenal_core::http::router(Arc::new(node));
    let routed = start.elapsed();
    drop(router);
    println!(
        "{count} {} {} {} {}",
        registered.as_micros(),
        (documented - registered).as_micros(),
        (routed - documented).as_micros(),
        document.len(),
    );
}
'''


def handlers(count, with_schema):
    derive = ", JsonSchema" if with_schema else ""
    parts = [HANDLERS_HEAD]
    if with_schema:
        parts.append("use schemars::JsonSchema;\n")
    routes, schemas = [], []
    for number in range(count):
        kind = number % 4
        parts.append(answer(number, f"Serialize{derive}"))
        text = HANDLERS[kind].replace("NUMBER", str(number)).replace("DERIVE", derive)
        parts.append(text)
        function = ("read", "add", "change", "delete")[kind] + f"_{number}"
        path = f"/things/{number}" + ("" if kind == 1 else "/{id}")
        routes.append(f'        .route("{path}", {("get", "post", "put", "delete")[kind]}({function}))\n')
        types = [f"Thing{number}Answer"]
        types += [f"Input{number}"] if kind != 3 else []
        types += [f"Query{number}"] if kind == 2 else []
        schemas += [f"    |generator| generator.subschema_for::<{name}>(),\n" for name in types]
    if with_schema:
        parts.append("\npub static SCHEMAS: &[fn(&mut schemars::SchemaGenerator) -> schemars::Schema] = &[\n"
                     + "".join(schemas) + "];\n")
    parts.append("\npub fn router(node: Node) -> Router {\n    Router::new()\n" + "".join(routes)
                 + "        .with_state(node)\n}\n")
    text = "".join(parts)
    return text if with_schema else "\n".join(
        line for line in text.split("\n") if "#[schemars(" not in line)


HANDLERS_HEAD = '''#![allow(dead_code)]
use axum::{
    Json, Router,
    extract::{Path, Query, State},
    http::StatusCode,
    response::{IntoResponse, Response},
    routing::{delete, get, post, put},
};
use serde::{Deserialize, Serialize};

#[derive(Clone)]
pub struct Node(std::sync::Arc<String>);

type Violation = (&'static str, &'static str);

fn refused(violations: Vec<Violation>) -> Response {
    (StatusCode::UNPROCESSABLE_ENTITY, Json(violations)).into_response()
}

fn of_length(found: &mut Vec<Violation>, name: &'static str, text: &str, min: usize, max: usize) {
    if !(min..=max).contains(&text.chars().count()) {
        found.push((name, "has a wrong length"));
    }
}

fn in_range(found: &mut Vec<Violation>, name: &'static str, value: u64, min: u64, max: u64) {
    if !(min..=max).contains(&value) {
        found.push((name, "is out of range"));
    }
}

fn hundred() -> u32 {
    100
}
'''

HANDLERS = ['''
#[derive(DeserializeDERIVE)]
#[serde(deny_unknown_fields)]
pub struct InputNUMBER {
    /// Whether to say all.
    verbose: Option<bool>,
    /// At most this many.
    #[serde(default = "hundred")]
    #[schemars(range(min = 1, max = 1000))]
    limit: u32,
}

/// Reads NUMBER.
pub async fn read_NUMBER(
    State(_node): State<Node>,
    Path(id): Path<u64>,
    Query(input): Query<InputNUMBER>,
) -> Response {
    let mut violations = Vec::new();
    in_range(&mut violations, "limit", input.limit.into(), 1, 1000);
    if !violations.is_empty() {
        return refused(violations);
    }
    let note = input.verbose.map(|_| input.limit.to_string());
    Json(ThingNUMBERAnswer { id, name: String::new(), tags: Vec::new(), note }).into_response()
}
''', '''
#[derive(DeserializeDERIVE)]
#[serde(deny_unknown_fields)]
pub struct InputNUMBER {
    /// Its name.
    #[schemars(length(min = 1, max = 64))]
    name: String,
    /// How many.
    #[schemars(range(min = 1, max = 1000))]
    quantity: u32,
    active: bool,
    tags: Vec<String>,
    note: Option<String>,
}

/// Adds NUMBER.
pub async fn add_NUMBER(State(_node): State<Node>, Json(input): Json<InputNUMBER>) -> Response {
    let InputNUMBER { name, quantity, active, tags, note } = input;
    let mut violations = Vec::new();
    of_length(&mut violations, "name", &name, 1, 64);
    in_range(&mut violations, "quantity", quantity.into(), 1, 1000);
    if !violations.is_empty() {
        return refused(violations);
    }
    let id = u64::from(quantity) + u64::from(active);
    Json(ThingNUMBERAnswer { id, name, tags, note }).into_response()
}
''', '''
#[derive(DeserializeDERIVE)]
#[serde(deny_unknown_fields)]
pub struct QueryNUMBER {
    /// Whether to say only what would change.
    preview: Option<bool>,
}

#[derive(DeserializeDERIVE)]
#[serde(deny_unknown_fields)]
pub struct InputNUMBER {
    /// Its name.
    #[schemars(length(min = 1, max = 64))]
    name: String,
    tags: Vec<String>,
    note: Option<String>,
}

/// Changes NUMBER.
pub async fn change_NUMBER(
    State(_node): State<Node>,
    Path(id): Path<u64>,
    Query(query): Query<QueryNUMBER>,
    Json(input): Json<InputNUMBER>,
) -> Response {
    let InputNUMBER { name, tags, note } = input;
    let mut violations = Vec::new();
    of_length(&mut violations, "name", &name, 1, 64);
    if !violations.is_empty() {
        return refused(violations);
    }
    let note = note.filter(|_| query.preview.is_none());
    Json(ThingNUMBERAnswer { id, name, tags, note }).into_response()
}
''', '''
/// Deletes NUMBER.
pub async fn delete_NUMBER(State(_node): State<Node>, Path(id): Path<u64>) -> Response {
    Json(ThingNUMBERAnswer { id, name: String::new(), tags: Vec::new(), note: None }).into_response()
}
''']
