//! The OpenAPI document and its pages, as other programs and people use them.

use std::{env, fs, io, process::Command};

use serde_json::Value;

use crate::harness::{Client, Cluster};

/// Names the validator; without it, the one in `PATH` is used.
const VALIDATOR: &str = "ARSENAL_OPENAPI_VALIDATOR";

#[test]
fn the_document_is_valid_and_complete() {
    let cluster = Cluster::start(1);
    let node = cluster.node("a");
    let answer = node.get("/openapi.json");
    let document = answer.ok(200);
    assert!(document["openapi"].as_str().unwrap().starts_with("3.1."), "{}", document["openapi"]);
    assert_public_validator_accepts(&answer.body);
    let older = node.get("/openapi-3.0.json");
    assert_eq!(older.ok(200)["openapi"], "3.0.3");
    assert_public_validator_accepts(&older.body);

    let listed = node.get("/api/v1/operations?limit=1000").ok(200);
    let listed = listed["items"].as_array().unwrap();
    for row in listed {
        let text = |member: &str| row[member].as_str().unwrap();
        let operation = &document["paths"][text("path")][text("method").to_lowercase().as_str()];
        assert_eq!(operation["operationId"], row["name"], "{row}");
        assert_operation(&document, operation);
    }
    let documented = document["paths"].as_object().unwrap().values();
    let documented: usize = documented.map(|path| path.as_object().unwrap().len()).sum();
    assert_eq!(documented, listed.len(), "what is served is documented, and nothing else");
}

/// All that the reader of one operation needs.
fn assert_operation(document: &Value, operation: &Value) {
    let name = operation["operationId"].as_str().unwrap();
    let summary = operation["summary"].as_str().unwrap();
    let is_sentence = summary.ends_with('.') && !summary.trim_end_matches('.').contains(". ");
    assert!(is_sentence && !summary.contains('\n'), "{name}: {summary}");
    for parameter in operation["parameters"].as_array().unwrap() {
        let parameter = resolved(document, parameter);
        let is_described = parameter["description"].as_str().is_some_and(|text| !text.is_empty());
        assert!(is_described, "{name}: {parameter}");
        assert_says_something(document, &parameter["schema"], name);
    }
    if let Some(body) = operation["requestBody"]["content"]["application/json"].as_object() {
        let schema = resolved(document, &body["schema"]);
        for (field, schema) in schema["properties"].as_object().unwrap() {
            assert!(schema["description"].is_string(), "{name}: field {field}");
        }
    }
    let responses = operation["responses"].as_object().unwrap();
    let is_stream = operation["x-arsenal-stream"] == true;
    let media_type = if is_stream { "text/event-stream" } else { "application/json" };
    let is_success = |(status, _): &(&String, &Value)| status.starts_with('2');
    let successes: Vec<_> = responses.iter().filter(is_success).collect();
    assert_eq!(successes.len(), 1, "{name}");
    let schema = &successes[0].1["content"][media_type]["schema"];
    assert_says_something(document, schema, name);
    for status in ["401", "403", "422", "500", "503", "504", "default"] {
        let problem = &responses[status]["content"]["application/problem+json"]["schema"];
        assert_eq!(problem["$ref"], "#/components/schemas/Problem", "{name}: {status}");
    }
}

/// A schema that allows everything says nothing; nowhere inside of it either.
fn assert_says_something(document: &Value, schema: &Value, name: &str) {
    let schema = resolved(document, schema);
    let keywords = schema.as_object().unwrap_or_else(|| panic!("{name}: the schema is {schema}"));
    let is_typed = ["type", "oneOf", "anyOf", "allOf", "enum", "const", "$ref"]
        .iter()
        .any(|keyword| keywords.contains_key(*keyword));
    assert!(is_typed, "{name}: the schema is {schema}");
    if schema["type"] == "object" {
        let has_fields = schema["properties"].as_object().is_some_and(|fields| !fields.is_empty());
        assert!(has_fields || keywords.contains_key("additionalProperties"), "{name}: {schema}");
    }
    for inner in schema["properties"].as_object().into_iter().flat_map(|fields| fields.values()) {
        assert_says_something(document, inner, name);
    }
    if keywords.contains_key("items") {
        assert_says_something(document, &schema["items"], name);
    }
}

fn resolved<'a>(document: &'a Value, value: &'a Value) -> &'a Value {
    match value["$ref"].as_str() {
        Some(reference) => {
            let pointer = reference.strip_prefix('#').expect("a reference inside of the document");
            document.pointer(pointer).unwrap_or_else(|| panic!("{reference} leads nowhere"))
        }
        None => value,
    }
}

fn assert_public_validator_accepts(document: &[u8]) {
    let validator = env::var(VALIDATOR).unwrap_or_else(|_| String::from("openapi-spec-validator"));
    let file = tempfile::Builder::new().suffix(".json").tempfile().unwrap();
    fs::write(file.path(), document).unwrap();
    match Command::new(&validator).arg(file.path()).output() {
        Ok(output) => {
            let said = [output.stdout, output.stderr].concat();
            assert!(output.status.success(), "{}", String::from_utf8_lossy(&said));
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound && env::var(VALIDATOR).is_err() => {
            eprintln!("SKIPPED: no {validator} in PATH; its path can be given in {VALIDATOR}");
        }
        Err(error) => panic!("{validator} cannot be run: {error}"),
    }
}

#[test]
fn the_pages_need_no_other_host() {
    let cluster = Cluster::start(1);
    let node = cluster.node("a");
    let redirect = node.get("/docs");
    assert_eq!((redirect.status, redirect.header("location")), (307, "docs/"));
    let page = page(node, "/docs/", "text/html");
    let mut files = references(&page);
    assert!(files.iter().any(|file| file.contains("bundle.js")), "{page}");
    files.retain(|file| !file.is_empty());
    for file in &files {
        let answer = node.get(&format!("/docs/{}", file.trim_start_matches("./")));
        assert_eq!(answer.status, 200, "{file}");
        assert!(!answer.body.is_empty(), "{file}");
    }
    let start = page_text(node, "/docs/swagger-initializer.js");
    assert!(start.contains("../openapi.json"), "{start}");
    assert!(!start.contains("http://") && !start.contains("https://"), "{start}");

    let home = self::page(node, "/", "text/html");
    // A stream is listed, too, and has no end.
    for path in references(&home).iter().filter(|path| !path.ends_with("/events")) {
        let answer = node.get(path);
        // What hangs on purpose is listed, too.
        let is_served = [200, 307, 504].contains(&answer.status);
        assert!(is_served, "{path}: {}", answer.text());
    }
}

/// The text of a page whose references stay on this host, and whose policy forbids others.
fn page(node: &Client, path: &str, media_type: &str) -> String {
    let answer = node.get(path);
    assert!(answer.header("content-type").starts_with(media_type), "{path}");
    let policy = answer.header("content-security-policy");
    assert!(policy.contains("default-src 'self'"), "{path}: {policy}");
    let text = page_text(node, path);
    for reference in references(&text) {
        assert!(!reference.contains("//"), "{path} refers to {reference}");
    }
    text
}

fn page_text(node: &Client, path: &str) -> String {
    let answer = node.get(path);
    assert_eq!(answer.status, 200, "{path}");
    answer.text()
}

/// What a page refers to: every `src` and `href`.
fn references(page: &str) -> Vec<String> {
    ["src=\"", "href=\""]
        .iter()
        .flat_map(|attribute| page.split(attribute).skip(1))
        .filter_map(|rest| Some(rest.split_once('"')?.0.to_owned()))
        .collect()
}
